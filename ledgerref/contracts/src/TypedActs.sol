// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// Why an act is refused. The numbers are read off chain: append only, never renumber.
enum Refusal {
    None,
    /// The act is not signed by the key it names, in 65 bytes r||s||v with low s.
    BadSignature,
    /// The act's deadline is before the block's time.
    DeadlinePassed,
    /// An expiry that is not in the future, not a whole day where days are asked for, or too large.
    BadExpiry,
    /// What the act would bring about stands already.
    AlreadyDone,
    /// Withdrawn or revoked: nothing follows.
    Terminal,
    /// No such grant, identity, institution, log or key, or nothing pending.
    Unknown,
    /// A value out of its range.
    Malformed,
    /// The actor has no right to this.
    NotAllowed,
    /// Not the next nonce: the act was carried out before, or another came first.
    BadNonce,
    /// A recovery is pending, and only it counts.
    Frozen,
    /// The delay is not over, or is over already.
    BadTime
}

/// @title What the contracts that accept signed acts share
/// @dev A contract cannot be a signer here (no ERC-1271): its answer could change after the act.
abstract contract TypedActs is EIP712 {
    /// An act was refused; nothing changed.
    error Refused(Refusal reason);

    /// An item of a batch was refused and skipped. `ref` is the hash that the item is about.
    event ItemRefused(uint256 index, bytes32 ref, Refusal reason);

    constructor() EIP712("Wrappy Vault", "1") {}

    /// The EIP-712 domain separator that acts for this contract are signed under.
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev Never reverts, whatever the signature's length: a batch depends on it.
    function _signedBy(address key, bytes32 structHash, bytes calldata signature) internal view returns (bool) {
        (address signer, ECDSA.RecoverError err,) =
            ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), signature);
        return err == ECDSA.RecoverError.NoError && signer == key;
    }

    function _accept(Refusal reason) internal pure {
        if (reason != Refusal.None) revert Refused(reason);
    }
}
