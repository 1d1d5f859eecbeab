// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Refusal, TypedActs} from "./TypedActs.sol";

struct IdentityItem {
    address rootKey;
    bytes32 recoveryHash;
    bytes32 salt;
    uint64 deadline;
    bytes signature;
}

/// The people behind a recovery hash, shown only when a recovery starts.
struct RecoverySet {
    uint8 threshold;
    uint8 higherThreshold;
    address[] contacts;
    bytes32 salt;
}

/// @param contact position in RecoverySet.contacts
struct ContactSignature {
    uint8 contact;
    bytes signature;
}

/// A key that counts from a block on, that block included.
struct KeyFrom {
    uint64 fromBlock;
    address key;
}

/// Everything about an identity but its history. Times are in seconds; zero means nothing is pending.
struct IdentityState {
    address key;
    bytes32 recoveryHash;
    uint64 nonce;
    uint64 recoveryNonce;
    bool cancelUsed;
    address rotationKey;
    uint64 rotationReadyAt;
    bytes32 contactsHash;
    uint64 contactsReadyAt;
    address recoveryKey;
    bytes32 recoveryNextHash;
    uint64 recoveryReadyAt;
    bool recoveryHigher;
}

/// @title The keys of people's identities
/// @notice An identity is keccak256(abi.encode(keccak256("wrappy identity v1"), rootKey, recoveryHash, salt)), so
/// that nobody can take it first. Nothing here ties it to a grant, an institution or a vault.
///
/// A rotation of the root key or a change of recovery contacts waits `DELAY`, then takes effect in the block in which
/// anyone calls `finalise…`, and not before: until then the old key signs. A recovery that starts removes both, and
/// none can start while it is pending.
///
/// A recovery waits `DELAY` too. Until it is over the old key may cancel it, once per set of contacts and whichever
/// threshold the recovery is by; from then on only the higher threshold can recover, and cannot be cancelled. A set
/// whose higher threshold is zero has no second try. While a recovery by the lower threshold is pending, the higher
/// threshold may put its own in its place.
///
/// Contacts sign for one threshold or the other. Who relays a recovery cannot turn one into the other, by leaving out
/// signatures or by adding some.
contract KeyRegistry is TypedActs {
    using Checkpoints for Checkpoints.Trace160;

    bytes32 private constant REGISTER_TYPEHASH = keccak256("Register(bytes32 id,uint64 deadline)");
    bytes32 private constant ROTATE_KEY_TYPEHASH =
        keccak256("RotateKey(bytes32 id,address newKey,uint64 nonce,uint64 deadline)");
    bytes32 private constant CHANGE_CONTACTS_TYPEHASH =
        keccak256("ChangeContacts(bytes32 id,bytes32 newRecoveryHash,uint64 nonce,uint64 deadline)");
    bytes32 private constant CANCEL_CHANGES_TYPEHASH =
        keccak256("CancelChanges(bytes32 id,uint64 nonce,uint64 deadline)");
    bytes32 private constant RECOVER_TYPEHASH = keccak256(
        "Recover(bytes32 id,address newKey,bytes32 newRecoveryHash,bool higher,uint64 nonce,uint64 deadline)"
    );
    bytes32 private constant CANCEL_RECOVERY_TYPEHASH =
        keccak256("CancelRecovery(bytes32 id,uint64 nonce,uint64 deadline)");

    bytes32 private constant IDENTITY_DOMAIN = keccak256("wrappy identity v1");
    bytes32 private constant RECOVERY_DOMAIN = keccak256("wrappy recovery v1");

    /// Seconds that a change or a recovery waits.
    uint64 public constant DELAY = 2 days;
    /// Most recovery contacts of one identity.
    uint256 public constant MAX_CONTACTS = 16;

    /// @dev Recoveries count by themselves: were the nonce shared, a thief of the root key could make the contacts'
    /// collected signatures stale again and again.
    struct Identity {
        bytes32 recoveryHash;
        uint64 nonce;
        uint64 recoveryNonce;
        bool cancelUsed;
        address rotationKey;
        uint64 rotationReadyAt;
        bytes32 contactsHash;
        uint64 contactsReadyAt;
        address recoveryKey;
        uint64 recoveryReadyAt;
        bool recoveryHigher;
        bytes32 recoveryNextHash;
    }

    event Registered(bytes32 indexed id, address key);
    event KeyChanged(bytes32 indexed id, address key);
    event ContactsChanged(bytes32 indexed id, bytes32 recoveryHash);
    event RotationStarted(bytes32 indexed id, address newKey, uint64 readyAt);
    event ContactsChangeStarted(bytes32 indexed id, bytes32 newRecoveryHash, uint64 readyAt);
    event ChangesCancelled(bytes32 indexed id);
    event RecoveryStarted(bytes32 indexed id, uint64 nonce, address newKey, bytes32 newRecoveryHash, uint64 readyAt);
    event RecoveryCancelled(bytes32 indexed id, uint64 nonce);
    event RecoveryCompleted(bytes32 indexed id);

    mapping(bytes32 id => Identity) private _identities;
    mapping(bytes32 id => Checkpoints.Trace160) private _keys;

    /// @notice Registers an identity. Anyone may relay it.
    /// @param recoveryHash see `recoveryHashOf`; zero for no recovery
    /// @param signature the root key's, under Register(id, deadline)
    function register(address rootKey, bytes32 recoveryHash, bytes32 salt, uint64 deadline, bytes calldata signature)
        external
    {
        _accept(_register(idOf(rootKey, recoveryHash, salt), rootKey, recoveryHash, deadline, signature));
    }

    /// @notice Registers many identities. A bad item is skipped with `ItemRefused`; the rest stand.
    function registerBatch(IdentityItem[] calldata items) external {
        for (uint256 i = 0; i < items.length; ++i) {
            IdentityItem calldata item = items[i];
            bytes32 id = idOf(item.rootKey, item.recoveryHash, item.salt);
            Refusal reason = _register(id, item.rootKey, item.recoveryHash, item.deadline, item.signature);
            if (reason != Refusal.None) emit ItemRefused(i, id, reason);
        }
    }

    /// @notice Starts the change to a new root key, in place of any that is pending.
    function rotate(bytes32 id, address newKey, uint64 nonce, uint64 deadline, bytes calldata signature) external {
        if (newKey == address(0) || newKey == currentKey(id)) revert Refused(Refusal.Malformed);
        _useRootKey(
            id, nonce, deadline, keccak256(abi.encode(ROTATE_KEY_TYPEHASH, id, newKey, nonce, deadline)), signature
        );
        Identity storage identity = _identities[id];
        identity.rotationKey = newKey;
        identity.rotationReadyAt = _readyAt();
        emit RotationStarted(id, newKey, identity.rotationReadyAt);
    }

    /// @notice Starts the change to other recovery contacts, in place of any that is pending.
    function changeContacts(bytes32 id, bytes32 newRecoveryHash, uint64 nonce, uint64 deadline, bytes calldata signature)
        external
    {
        _useRootKey(
            id,
            nonce,
            deadline,
            keccak256(abi.encode(CHANGE_CONTACTS_TYPEHASH, id, newRecoveryHash, nonce, deadline)),
            signature
        );
        Identity storage identity = _identities[id];
        identity.contactsHash = newRecoveryHash;
        identity.contactsReadyAt = _readyAt();
        emit ContactsChangeStarted(id, newRecoveryHash, identity.contactsReadyAt);
    }

    /// @notice Drops a pending rotation and a pending change of contacts.
    function cancelChanges(bytes32 id, uint64 nonce, uint64 deadline, bytes calldata signature) external {
        _useRootKey(
            id, nonce, deadline, keccak256(abi.encode(CANCEL_CHANGES_TYPEHASH, id, nonce, deadline)), signature
        );
        Identity storage identity = _identities[id];
        if (identity.rotationReadyAt == 0 && identity.contactsReadyAt == 0) revert Refused(Refusal.Unknown);
        _dropChanges(identity);
        emit ChangesCancelled(id);
    }

    /// @notice Carries out a rotation whose delay is over. Anyone may call it; the new key counts from this block.
    function finaliseRotation(bytes32 id) external {
        Identity storage identity = _identities[id];
        _checkReady(identity.rotationReadyAt);
        address key = identity.rotationKey;
        (identity.rotationKey, identity.rotationReadyAt) = (address(0), 0);
        _setKey(id, key);
        emit KeyChanged(id, key);
    }

    /// @notice Carries out a change of contacts whose delay is over. Anyone may call it.
    function finaliseContacts(bytes32 id) external {
        Identity storage identity = _identities[id];
        _checkReady(identity.contactsReadyAt);
        bytes32 hash = identity.contactsHash;
        (identity.contactsHash, identity.contactsReadyAt) = (0, 0);
        identity.recoveryHash = hash;
        identity.cancelUsed = false;
        emit ContactsChanged(id, hash);
    }

    /// @notice Starts a recovery and freezes the identity. Each signature is one contact's under
    /// Recover(id, newKey, newRecoveryHash, higher, nonce, deadline), the nonce being the identity's recovery nonce.
    /// @param newRecoveryHash takes the place of the old hash on completion; not the same, since the contacts' keys
    /// have been shown
    /// @param higher whether this is a recovery by the higher threshold, which needs as many signatures. Without it,
    /// a recovery is by the lower threshold however many have signed
    /// @param signatures in ascending order of contact
    function recover(
        bytes32 id,
        address newKey,
        bytes32 newRecoveryHash,
        bool higher,
        uint64 deadline,
        RecoverySet calldata set,
        ContactSignature[] calldata signatures
    ) external {
        Identity storage identity = _identities[id];
        bytes32 hash = identity.recoveryHash;
        if (hash == 0) revert Refused(Refusal.Unknown);
        if (block.timestamp > deadline) revert Refused(Refusal.DeadlinePassed);
        if (newKey == address(0) || newRecoveryHash == hash) revert Refused(Refusal.Malformed);
        _checkSet(set, hash);
        _checkThreshold(identity, set, higher, signatures.length);
        uint64 nonce = identity.recoveryNonce;
        _checkContacts(
            keccak256(abi.encode(RECOVER_TYPEHASH, id, newKey, newRecoveryHash, higher, nonce, deadline)),
            set.contacts,
            signatures
        );

        _dropChanges(identity);
        identity.recoveryNonce = nonce + 1;
        identity.recoveryKey = newKey;
        identity.recoveryNextHash = newRecoveryHash;
        identity.recoveryHigher = higher;
        identity.recoveryReadyAt = _readyAt();
        emit RecoveryStarted(id, nonce, newKey, newRecoveryHash, identity.recoveryReadyAt);
    }

    /// @notice Stops the pending recovery, once per set of contacts and before its delay is over.
    /// @param nonce that of the recovery, as in `RecoveryStarted`
    /// @param signature the current root key's, under CancelRecovery(id, nonce, deadline)
    function cancelRecovery(bytes32 id, uint64 nonce, uint64 deadline, bytes calldata signature) external {
        Identity storage identity = _identities[id];
        uint64 readyAt = identity.recoveryReadyAt;
        if (readyAt == 0) revert Refused(Refusal.Unknown);
        if (block.timestamp >= readyAt) revert Refused(Refusal.BadTime);
        if (identity.cancelUsed) revert Refused(Refusal.NotAllowed);
        if (block.timestamp > deadline) revert Refused(Refusal.DeadlinePassed);
        if (nonce + 1 != identity.recoveryNonce) revert Refused(Refusal.BadNonce);
        bytes32 act = keccak256(abi.encode(CANCEL_RECOVERY_TYPEHASH, id, nonce, deadline));
        if (!_signedBy(currentKey(id), act, signature)) revert Refused(Refusal.BadSignature);
        identity.cancelUsed = true;
        _dropRecovery(identity);
        emit RecoveryCancelled(id, nonce);
    }

    /// @notice Carries out a recovery whose delay is over. Anyone may call it; the new key counts from this block.
    function finaliseRecovery(bytes32 id) external {
        Identity storage identity = _identities[id];
        _checkReady(identity.recoveryReadyAt);
        (address key, bytes32 hash) = (identity.recoveryKey, identity.recoveryNextHash);
        _dropRecovery(identity);
        identity.recoveryHash = hash;
        identity.cancelUsed = false;
        _setKey(id, key);
        emit KeyChanged(id, key);
        emit ContactsChanged(id, hash);
        emit RecoveryCompleted(id);
    }

    /// @notice The key that counted in a block: the last one set in it or before it. Zero before registration and
    /// for blocks still to come.
    /// @dev Block numbers are those of `block.number`, which on some rollups is not the chain's own count.
    function keyAt(bytes32 id, uint64 blockNumber) external view returns (address) {
        if (blockNumber > block.number) return address(0);
        return address(_keys[id].upperLookup(blockNumber));
    }

    /// @notice The key that counts now; zero if the identity is not registered.
    function currentKey(bytes32 id) public view returns (address) {
        return address(_keys[id].latest());
    }

    /// @notice Every key the identity has had, oldest first. Each counts until the next one's block.
    function keyHistory(bytes32 id) external view returns (KeyFrom[] memory history) {
        uint256 length = _keys[id].length();
        history = new KeyFrom[](length);
        for (uint256 i = 0; i < length; ++i) {
            // forge-lint: disable-next-line(unsafe-typecast)
            Checkpoints.Checkpoint160 memory point = _keys[id].at(uint32(i));
            // forge-lint: disable-next-line(unsafe-typecast)
            history[i] = KeyFrom(uint64(point._key), address(point._value));
        }
    }

    /// @notice Whether a recovery is pending. New grants must then not be accepted.
    function frozen(bytes32 id) external view returns (bool) {
        return _identities[id].recoveryReadyAt != 0;
    }

    /// @notice The identity as it is now.
    function identityOf(bytes32 id) external view returns (IdentityState memory state) {
        Identity storage identity = _identities[id];
        state.key = currentKey(id);
        state.recoveryHash = identity.recoveryHash;
        state.nonce = identity.nonce;
        state.recoveryNonce = identity.recoveryNonce;
        state.cancelUsed = identity.cancelUsed;
        state.rotationKey = identity.rotationKey;
        state.rotationReadyAt = identity.rotationReadyAt;
        state.contactsHash = identity.contactsHash;
        state.contactsReadyAt = identity.contactsReadyAt;
        state.recoveryKey = identity.recoveryKey;
        state.recoveryNextHash = identity.recoveryNextHash;
        state.recoveryReadyAt = identity.recoveryReadyAt;
        state.recoveryHigher = identity.recoveryHigher;
    }

    /// @notice The id of an identity.
    function idOf(address rootKey, bytes32 recoveryHash, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(IDENTITY_DOMAIN, rootKey, recoveryHash, salt));
    }

    /// @notice The hash that a set of contacts stands behind. A set counts only if its contacts ascend, at most
    /// MAX_CONTACTS, and 1 <= threshold < higherThreshold <= contacts, or higherThreshold is zero.
    function recoveryHashOf(RecoverySet calldata set) public pure returns (bytes32) {
        return keccak256(abi.encode(RECOVERY_DOMAIN, set.threshold, set.higherThreshold, set.contacts, set.salt));
    }

    function _register(bytes32 id, address rootKey, bytes32 recoveryHash, uint64 deadline, bytes calldata signature)
        private
        returns (Refusal)
    {
        if (block.timestamp > deadline) return Refusal.DeadlinePassed;
        if (currentKey(id) != address(0)) return Refusal.AlreadyDone;
        if (!_signedBy(rootKey, keccak256(abi.encode(REGISTER_TYPEHASH, id, deadline)), signature)) {
            return Refusal.BadSignature;
        }
        if (recoveryHash != 0) _identities[id].recoveryHash = recoveryHash;
        _setKey(id, rootKey);
        emit Registered(id, rootKey);
        return Refusal.None;
    }

    function _useRootKey(bytes32 id, uint64 nonce, uint64 deadline, bytes32 act, bytes calldata signature) private {
        address key = currentKey(id);
        if (key == address(0)) revert Refused(Refusal.Unknown);
        Identity storage identity = _identities[id];
        if (identity.recoveryReadyAt != 0) revert Refused(Refusal.Frozen);
        if (block.timestamp > deadline) revert Refused(Refusal.DeadlinePassed);
        if (nonce != identity.nonce) revert Refused(Refusal.BadNonce);
        if (!_signedBy(key, act, signature)) revert Refused(Refusal.BadSignature);
        identity.nonce = nonce + 1;
    }

    function _checkSet(RecoverySet calldata set, bytes32 hash) private pure {
        uint256 count = set.contacts.length;
        bool sound = count <= MAX_CONTACTS && set.threshold != 0 && set.threshold <= count
            && (set.higherThreshold == 0 || (set.higherThreshold > set.threshold && set.higherThreshold <= count));
        for (uint256 i = 1; sound && i < count; ++i) {
            sound = set.contacts[i - 1] < set.contacts[i];
        }
        if (!sound) revert Refused(Refusal.Malformed);
        if (recoveryHashOf(set) != hash) revert Refused(Refusal.NotAllowed);
    }

    /// @dev A higher threshold of zero is no threshold, and no number of signatures reaches it.
    function _checkThreshold(Identity storage identity, RecoverySet calldata set, bool higher, uint256 count)
        private
        view
    {
        bool pending = identity.recoveryReadyAt != 0;
        if (pending && identity.recoveryHigher) revert Refused(Refusal.Frozen);
        bool enough = higher
            ? set.higherThreshold != 0 && count >= set.higherThreshold
            : count >= set.threshold && !pending && !identity.cancelUsed;
        if (!enough) revert Refused(Refusal.NotAllowed);
    }

    /// @dev Ascending positions, so that no contact counts twice.
    function _checkContacts(bytes32 act, address[] calldata contacts, ContactSignature[] calldata signatures)
        private
        view
    {
        uint256 next = 0;
        for (uint256 i = 0; i < signatures.length; ++i) {
            uint256 contact = signatures[i].contact;
            if (contact < next || contact >= contacts.length) revert Refused(Refusal.Malformed);
            if (!_signedBy(contacts[contact], act, signatures[i].signature)) revert Refused(Refusal.BadSignature);
            next = contact + 1;
        }
    }

    function _dropChanges(Identity storage identity) private {
        (identity.rotationKey, identity.rotationReadyAt) = (address(0), 0);
        (identity.contactsHash, identity.contactsReadyAt) = (0, 0);
    }

    function _dropRecovery(Identity storage identity) private {
        (identity.recoveryKey, identity.recoveryReadyAt, identity.recoveryHigher) = (address(0), 0, false);
        identity.recoveryNextHash = 0;
    }

    function _setKey(bytes32 id, address key) private {
        _keys[id].push(uint96(block.number), uint160(key));
    }

    function _readyAt() private view returns (uint64) {
        return uint64(block.timestamp) + DELAY;
    }

    function _checkReady(uint64 readyAt) private view {
        if (readyAt == 0) revert Refused(Refusal.Unknown);
        if (block.timestamp < readyAt) revert Refused(Refusal.BadTime);
    }
}
