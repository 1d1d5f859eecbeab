// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {Refusal, TypedActs} from "./TypedActs.sol";

/// @param recoveryKey signs `recoverColdKey`; zero for no recovery
/// @param kind 1 hospital, 2 clinic, 3 school, 4 registrar, 5 agency, 6 border, 7 bank, 8 employer, 9 accreditor
/// @param jurisdiction ISO 3166-1 alpha-2, upper case
/// @param sealingKey X25519 public key, or zero
/// @param name 1 to 128 bytes of UTF-8. It is what the institution calls itself: only an attestation vouches for it
/// @param signature the cold key's
struct InstitutionItem {
    address coldKey;
    bytes32 salt;
    address recoveryKey;
    uint8 kind;
    bytes2 jurisdiction;
    bytes32 sealingKey;
    string name;
    uint64 deadline;
    bytes signature;
}

/// @param x,y the P-256 public key
/// @param replaces hash of the key that this one follows, or zero
/// @param replacedUntil second from which the replaced key no longer counts
/// @param signature the cold key's
/// @param proofR,proofS the TLS key's signature, low s, over `possessionMessage`
struct TlsKeyItem {
    bytes32 institution;
    bytes32 x;
    bytes32 y;
    bytes32 replaces;
    uint64 replacedUntil;
    uint64 nonce;
    uint64 deadline;
    bytes signature;
    bytes32 proofR;
    bytes32 proofS;
}

/// @param signature the accreditor's cold key's
struct AttestItem {
    bytes32 accreditor;
    bytes32 institution;
    uint64 expires;
    uint64 nonce;
    uint64 deadline;
    bytes signature;
}

/// An institution as it is now. Times are in seconds; zero means nothing is pending.
struct InstitutionState {
    address coldKey;
    address recoveryKey;
    uint8 kind;
    bytes2 jurisdiction;
    bytes32 sealingKey;
    string name;
    bool suspended;
    bool attested;
    bool trusted;
    uint64 accreditorUntil;
    uint64 recoveryNonce;
    address nextColdKey;
    uint64 nextColdKeyReadyAt;
    address nextRecoveryKey;
    uint64 nextRecoveryKeyReadyAt;
    address recoveredColdKey;
    address recoveredRecoveryKey;
    uint64 recoveryReadyAt;
}

/// @title Institutions, their keys, and who vouches for them
/// @notice An institution is keccak256(abi.encode(keccak256("wrappy institution v1"), coldKey, salt)). Its name, kind
/// and jurisdiction never change, so that an attestation cannot come to stand for something else.
///
/// The cold key signs every act. A new cold key or recovery key waits `DELAY`, then takes effect when anyone calls
/// `finalise…`. A recovery, signed by the recovery key, removes both, suspends the institution at once and refuses
/// every act of the cold key; after `DELAY` anyone finalises it. The institution stays suspended until the new cold
/// key has looked after what the old one may have left behind, TLS keys above all, and lifts the suspension.
///
/// Attested means: an accreditor's attestation has not expired, and the accreditor is trusted. Trusted means: kind 9,
/// not suspended, and either appointed with an end in the future or attested itself, with at most `MAX_DEPTH`
/// attestations between an appointed accreditor and the institution.
contract InstitutionRegistry is TypedActs, AccessControl {
    /// May suspend an institution.
    bytes32 public constant OPERATOR_ROLE = keccak256("OPERATOR_ROLE");

    bytes32 private constant REGISTER_INSTITUTION_TYPEHASH = keccak256(
        "RegisterInstitution(bytes32 id,address recoveryKey,uint8 kind,bytes2 jurisdiction,bytes32 sealingKey,string name,uint64 deadline)"
    );
    bytes32 private constant ADD_TLS_KEY_TYPEHASH = keccak256(
        "AddTlsKey(bytes32 institution,bytes32 keyHash,bytes32 replaces,uint64 replacedUntil,uint64 nonce,uint64 deadline)"
    );
    bytes32 private constant REMOVE_TLS_KEY_TYPEHASH =
        keccak256("RemoveTlsKey(bytes32 institution,bytes32 keyHash,uint64 nonce,uint64 deadline)");
    bytes32 private constant SET_SEALING_KEY_TYPEHASH =
        keccak256("SetSealingKey(bytes32 institution,bytes32 sealingKey,uint64 nonce,uint64 deadline)");
    bytes32 private constant ROTATE_COLD_KEY_TYPEHASH =
        keccak256("RotateColdKey(bytes32 institution,address newColdKey,uint64 nonce,uint64 deadline)");
    bytes32 private constant CHANGE_RECOVERY_KEY_TYPEHASH =
        keccak256("ChangeRecoveryKey(bytes32 institution,address newRecoveryKey,uint64 nonce,uint64 deadline)");
    bytes32 private constant CANCEL_CHANGES_TYPEHASH =
        keccak256("CancelChanges(bytes32 institution,uint64 nonce,uint64 deadline)");
    bytes32 private constant RECOVER_COLD_KEY_TYPEHASH = keccak256(
        "RecoverColdKey(bytes32 institution,address newColdKey,address newRecoveryKey,uint64 nonce,uint64 deadline)"
    );
    bytes32 private constant ATTEST_TYPEHASH =
        keccak256("Attest(bytes32 accreditor,bytes32 institution,uint64 expires,uint64 nonce,uint64 deadline)");
    bytes32 private constant WITHDRAW_ATTESTATION_TYPEHASH =
        keccak256("WithdrawAttestation(bytes32 accreditor,bytes32 institution,uint64 nonce,uint64 deadline)");
    bytes32 private constant SUSPEND_TYPEHASH =
        keccak256("Suspend(bytes32 by,bytes32 institution,uint64 nonce,uint64 deadline)");
    bytes32 private constant LIFT_SUSPENSION_TYPEHASH =
        keccak256("LiftSuspension(bytes32 by,bytes32 institution,uint64 nonce,uint64 deadline)");

    bytes32 private constant INSTITUTION_DOMAIN = keccak256("wrappy institution v1");
    bytes32 private constant POSSESSION_DOMAIN = keccak256("wrappy tls possession v1");
    /// @dev DER of a P-256 SubjectPublicKeyInfo up to the point's coordinates (RFC 5480).
    bytes private constant SPKI_PREFIX = hex"3059301306072a8648ce3d020106082a8648ce3d03010703420004";

    uint8 public constant ACCREDITOR = 9;
    /// Seconds that a new cold or recovery key waits.
    uint64 public constant DELAY = 2 days;
    uint256 public constant MAX_NAME = 128;
    /// Most attestations that one institution can hold; the walk to an appointed accreditor stays bounded.
    uint256 public constant MAX_ATTESTATIONS = 8;
    uint256 public constant MAX_DEPTH = 3;
    /// Stands for the operator as the one who suspended.
    bytes32 public constant OPERATOR = bytes32(0);

    struct Institution {
        address coldKey;
        uint8 kind;
        bytes2 jurisdiction;
        uint32 suspensions;
        address recoveryKey;
        uint64 recoveryNonce;
        bytes32 sealingKey;
        string name;
        uint64 accreditorUntil;
        address nextColdKey;
        uint64 nextColdKeyReadyAt;
        address nextRecoveryKey;
        uint64 nextRecoveryKeyReadyAt;
        address recoveredColdKey;
        uint64 recoveryReadyAt;
        address recoveredRecoveryKey;
    }

    /// @dev Never deleted: a key that was removed, because it leaked perhaps, must not come back for anyone.
    struct TlsKey {
        bytes32 institution;
        uint64 validUntil;
        bool removed;
    }

    event InstitutionRegistered(
        bytes32 indexed institution,
        address coldKey,
        address recoveryKey,
        uint8 kind,
        bytes2 jurisdiction,
        bytes32 sealingKey,
        string name
    );
    event SealingKeyChanged(bytes32 indexed institution, bytes32 sealingKey);
    event TlsKeyAdded(bytes32 indexed institution, bytes32 indexed keyHash);
    event TlsKeyEnding(bytes32 indexed institution, bytes32 indexed keyHash, uint64 validUntil);
    event TlsKeyRemoved(bytes32 indexed institution, bytes32 indexed keyHash);
    event ColdKeyRotationStarted(bytes32 indexed institution, address newColdKey, uint64 readyAt);
    event RecoveryKeyChangeStarted(bytes32 indexed institution, address newRecoveryKey, uint64 readyAt);
    event ChangesCancelled(bytes32 indexed institution);
    event ColdKeyRecoveryStarted(
        bytes32 indexed institution, address newColdKey, address newRecoveryKey, uint64 readyAt
    );
    event ColdKeyRecovered(bytes32 indexed institution);
    event ColdKeyChanged(bytes32 indexed institution, address coldKey);
    event RecoveryKeyChanged(bytes32 indexed institution, address recoveryKey);
    event AccreditorAppointed(bytes32 indexed institution, uint64 expires);
    event AccreditorDismissed(bytes32 indexed institution);
    event Attested(bytes32 indexed accreditor, bytes32 indexed institution, uint64 expires);
    event AttestationWithdrawn(bytes32 indexed accreditor, bytes32 indexed institution);
    event Suspended(bytes32 indexed institution, bytes32 indexed by);
    event SuspensionLifted(bytes32 indexed institution, bytes32 indexed by);

    mapping(bytes32 id => Institution) private _institutions;
    mapping(bytes32 keyHash => TlsKey) private _tlsKeys;
    mapping(bytes32 institution => bytes32[]) private _attesters;
    mapping(bytes32 institution => mapping(bytes32 accreditor => uint64)) private _attestedUntil;
    mapping(bytes32 institution => mapping(bytes32 by => bool)) private _suspendedBy;

    /// @notice The nonce of the next act of `actor` on `target`; for acts on itself both are the same. One count for
    /// each pair, so that acts on different institutions may be relayed in any order.
    mapping(bytes32 actor => mapping(bytes32 target => uint64)) public nonces;

    /// @param admin hands out the roles and appoints accreditors
    /// @param operator first holder of OPERATOR_ROLE, or zero for none
    constructor(address admin, address operator) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        if (operator != address(0)) _grantRole(OPERATOR_ROLE, operator);
    }

    /// @notice Registers an institution. Anyone may relay it.
    function register(InstitutionItem calldata item) external {
        _accept(_register(idOf(item.coldKey, item.salt), item));
    }

    /// @notice Registers many institutions. A bad item is skipped with `ItemRefused`; the rest stand.
    function registerBatch(InstitutionItem[] calldata items) external {
        for (uint256 i = 0; i < items.length; ++i) {
            bytes32 id = idOf(items[i].coldKey, items[i].salt);
            Refusal reason = _register(id, items[i]);
            if (reason != Refusal.None) emit ItemRefused(i, id, reason);
        }
    }

    /// @notice Adds a TLS key, which must never have been added by anyone. The replaced key counts for a while longer.
    /// @dev Without the proof of possession an institution could take another's key and block it.
    function addTlsKey(TlsKeyItem calldata item) external {
        bytes32 hash = tlsKeyHash(item.x, item.y);
        _useColdKey(
            item.institution,
            item.institution,
            item.nonce,
            item.deadline,
            keccak256(
                abi.encode(
                    ADD_TLS_KEY_TYPEHASH,
                    item.institution,
                    hash,
                    item.replaces,
                    item.replacedUntil,
                    item.nonce,
                    item.deadline
                )
            ),
            item.signature
        );
        if (_tlsKeys[hash].institution != 0) revert Refused(Refusal.AlreadyDone);
        bytes32 digest = sha256(possessionMessage(item.institution, hash));
        if (!P256.verify(digest, item.proofR, item.proofS, item.x, item.y)) revert Refused(Refusal.BadSignature);
        _tlsKeys[hash].institution = item.institution;
        emit TlsKeyAdded(item.institution, hash);
        if (item.replaces != 0) _endTlsKey(item.institution, item.replaces, item.replacedUntil);
    }

    /// @notice Removes a TLS key at once and for ever.
    function removeTlsKey(bytes32 institution, bytes32 keyHash, uint64 nonce, uint64 deadline, bytes calldata signature)
        external
    {
        bytes32 act = keccak256(abi.encode(REMOVE_TLS_KEY_TYPEHASH, institution, keyHash, nonce, deadline));
        _useColdKey(institution, institution, nonce, deadline, act, signature);
        TlsKey storage key = _tlsKeys[keyHash];
        if (key.institution != institution) revert Refused(Refusal.Unknown);
        if (key.removed) revert Refused(Refusal.AlreadyDone);
        key.removed = true;
        emit TlsKeyRemoved(institution, keyHash);
    }

    /// @notice Sets the X25519 key that releases are sealed to; zero for none.
    function setSealingKey(
        bytes32 institution,
        bytes32 sealingKey,
        uint64 nonce,
        uint64 deadline,
        bytes calldata signature
    ) external {
        bytes32 act = keccak256(abi.encode(SET_SEALING_KEY_TYPEHASH, institution, sealingKey, nonce, deadline));
        _useColdKey(institution, institution, nonce, deadline, act, signature);
        _institutions[institution].sealingKey = sealingKey;
        emit SealingKeyChanged(institution, sealingKey);
    }

    /// @notice Starts the change to a new cold key, in place of any that is pending. The id stays.
    function rotateColdKey(
        bytes32 institution,
        address newColdKey,
        uint64 nonce,
        uint64 deadline,
        bytes calldata signature
    ) external {
        Institution storage entry = _institutions[institution];
        if (newColdKey == address(0) || newColdKey == entry.coldKey) revert Refused(Refusal.Malformed);
        bytes32 act = keccak256(abi.encode(ROTATE_COLD_KEY_TYPEHASH, institution, newColdKey, nonce, deadline));
        _useColdKey(institution, institution, nonce, deadline, act, signature);
        entry.nextColdKey = newColdKey;
        entry.nextColdKeyReadyAt = _readyAt();
        emit ColdKeyRotationStarted(institution, newColdKey, entry.nextColdKeyReadyAt);
    }

    /// @notice Starts the change to a new recovery key, in place of any that is pending; zero for none.
    function changeRecoveryKey(
        bytes32 institution,
        address newRecoveryKey,
        uint64 nonce,
        uint64 deadline,
        bytes calldata signature
    ) external {
        bytes32 act = keccak256(abi.encode(CHANGE_RECOVERY_KEY_TYPEHASH, institution, newRecoveryKey, nonce, deadline));
        _useColdKey(institution, institution, nonce, deadline, act, signature);
        Institution storage entry = _institutions[institution];
        entry.nextRecoveryKey = newRecoveryKey;
        entry.nextRecoveryKeyReadyAt = _readyAt();
        emit RecoveryKeyChangeStarted(institution, newRecoveryKey, entry.nextRecoveryKeyReadyAt);
    }

    /// @notice Drops a pending change of the cold key and of the recovery key.
    function cancelChanges(bytes32 institution, uint64 nonce, uint64 deadline, bytes calldata signature) external {
        bytes32 act = keccak256(abi.encode(CANCEL_CHANGES_TYPEHASH, institution, nonce, deadline));
        _useColdKey(institution, institution, nonce, deadline, act, signature);
        Institution storage entry = _institutions[institution];
        if (entry.nextColdKeyReadyAt == 0 && entry.nextRecoveryKeyReadyAt == 0) revert Refused(Refusal.Unknown);
        _dropChanges(entry);
        emit ChangesCancelled(institution);
    }

    /// @notice Carries out a change of the cold key whose delay is over. Anyone may call it.
    function finaliseColdKey(bytes32 institution) external {
        Institution storage entry = _institutions[institution];
        _checkReady(entry.nextColdKeyReadyAt);
        address key = entry.nextColdKey;
        (entry.nextColdKey, entry.nextColdKeyReadyAt) = (address(0), 0);
        entry.coldKey = key;
        emit ColdKeyChanged(institution, key);
    }

    /// @notice Carries out a change of the recovery key whose delay is over. Anyone may call it.
    function finaliseRecoveryKey(bytes32 institution) external {
        Institution storage entry = _institutions[institution];
        _checkReady(entry.nextRecoveryKeyReadyAt);
        address key = entry.nextRecoveryKey;
        (entry.nextRecoveryKey, entry.nextRecoveryKeyReadyAt) = (address(0), 0);
        entry.recoveryKey = key;
        emit RecoveryKeyChanged(institution, key);
    }

    /// @notice Starts a recovery, in place of any that is pending: removes pending changes and suspends at once.
    /// @param nonce the institution's recovery nonce, which the cold key cannot use up
    /// @param signature the recovery key's
    function recoverColdKey(
        bytes32 institution,
        address newColdKey,
        address newRecoveryKey,
        uint64 nonce,
        uint64 deadline,
        bytes calldata signature
    ) external {
        Institution storage entry = _institutions[institution];
        if (entry.recoveryKey == address(0)) revert Refused(Refusal.Unknown);
        if (newColdKey == address(0)) revert Refused(Refusal.Malformed);
        if (block.timestamp > deadline) revert Refused(Refusal.DeadlinePassed);
        if (nonce != entry.recoveryNonce) revert Refused(Refusal.BadNonce);
        bytes32 act = keccak256(
            abi.encode(RECOVER_COLD_KEY_TYPEHASH, institution, newColdKey, newRecoveryKey, nonce, deadline)
        );
        if (!_signedBy(entry.recoveryKey, act, signature)) revert Refused(Refusal.BadSignature);

        _dropChanges(entry);
        entry.recoveryNonce = nonce + 1;
        entry.recoveredColdKey = newColdKey;
        entry.recoveredRecoveryKey = newRecoveryKey;
        entry.recoveryReadyAt = _readyAt();
        emit ColdKeyRecoveryStarted(institution, newColdKey, newRecoveryKey, entry.recoveryReadyAt);
        if (!_suspendedBy[institution][institution]) _suspend(institution, institution);
    }

    /// @notice Carries out a recovery whose delay is over. Anyone may call it. The institution stays suspended.
    function finaliseRecovery(bytes32 institution) external {
        Institution storage entry = _institutions[institution];
        _checkReady(entry.recoveryReadyAt);
        (address coldKey, address recoveryKey) = (entry.recoveredColdKey, entry.recoveredRecoveryKey);
        (entry.recoveredColdKey, entry.recoveredRecoveryKey, entry.recoveryReadyAt) = (address(0), address(0), 0);
        entry.coldKey = coldKey;
        entry.recoveryKey = recoveryKey;
        emit ColdKeyRecovered(institution);
        emit ColdKeyChanged(institution, coldKey);
        emit RecoveryKeyChanged(institution, recoveryKey);
    }

    /// @notice Makes an accreditor one of the roots of trust until a second in the future; called again, moves the end.
    function appointAccreditor(bytes32 institution, uint64 expires) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (_institutions[institution].kind != ACCREDITOR) revert Refused(Refusal.NotAllowed);
        if (expires <= block.timestamp) revert Refused(Refusal.BadExpiry);
        _institutions[institution].accreditorUntil = expires;
        emit AccreditorAppointed(institution, expires);
    }

    /// @notice Ends an appointment at once, and with it what rests on it alone.
    function dismissAccreditor(bytes32 institution) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (_institutions[institution].accreditorUntil == 0) revert Refused(Refusal.Unknown);
        _institutions[institution].accreditorUntil = 0;
        emit AccreditorDismissed(institution);
    }

    /// @notice Vouches for an institution until a second in the future; again, moves the end. The accreditor must be
    /// trusted.
    function attest(AttestItem calldata item) external {
        _accept(_attest(item));
    }

    /// @notice Carries out many attestations. A bad item is skipped with `ItemRefused` under the institution's id.
    function attestBatch(AttestItem[] calldata items) external {
        for (uint256 i = 0; i < items.length; ++i) {
            Refusal reason = _attest(items[i]);
            if (reason != Refusal.None) emit ItemRefused(i, items[i].institution, reason);
        }
    }

    /// @notice Ends an attestation at once. A suspended accreditor may do so too.
    function withdrawAttestation(
        bytes32 accreditor,
        bytes32 institution,
        uint64 nonce,
        uint64 deadline,
        bytes calldata signature
    ) external {
        bytes32 act = keccak256(abi.encode(WITHDRAW_ATTESTATION_TYPEHASH, accreditor, institution, nonce, deadline));
        _useColdKey(accreditor, institution, nonce, deadline, act, signature);
        if (_attestedUntil[institution][accreditor] == 0) revert Refused(Refusal.Unknown);
        _removeAttester(institution, accreditor);
        emit AttestationWithdrawn(accreditor, institution);
    }

    /// @notice Suspends an institution: itself, or one that `by`, a trusted accreditor, has attested.
    function suspend(bytes32 by, bytes32 institution, uint64 nonce, uint64 deadline, bytes calldata signature)
        external
    {
        bytes32 act = keccak256(abi.encode(SUSPEND_TYPEHASH, by, institution, nonce, deadline));
        _useColdKey(by, institution, nonce, deadline, act, signature);
        if (by != institution && (_attestedUntil[institution][by] <= block.timestamp || !trusted(by))) {
            revert Refused(Refusal.NotAllowed);
        }
        if (_suspendedBy[institution][by]) revert Refused(Refusal.AlreadyDone);
        _suspend(institution, by);
    }

    /// @notice Lifts a suspension that `by` set. Others' suspensions stay.
    /// @dev An accreditor must be trusted here too: a stolen cold key of one that the operator has suspended must not
    /// free whom it stopped.
    function lift(bytes32 by, bytes32 institution, uint64 nonce, uint64 deadline, bytes calldata signature) external {
        bytes32 act = keccak256(abi.encode(LIFT_SUSPENSION_TYPEHASH, by, institution, nonce, deadline));
        _useColdKey(by, institution, nonce, deadline, act, signature);
        if (!_suspendedBy[institution][by]) revert Refused(Refusal.Unknown);
        if (by != institution && !trusted(by)) revert Refused(Refusal.NotAllowed);
        _lift(institution, by);
    }

    /// @notice Suspends an institution in the operator's name.
    function operatorSuspend(bytes32 institution) external onlyRole(OPERATOR_ROLE) {
        if (_institutions[institution].coldKey == address(0)) revert Refused(Refusal.Unknown);
        if (_suspendedBy[institution][OPERATOR]) revert Refused(Refusal.AlreadyDone);
        _suspend(institution, OPERATOR);
    }

    /// @notice Lifts the operator's suspension. Others' suspensions stay.
    function operatorLift(bytes32 institution) external onlyRole(OPERATOR_ROLE) {
        if (!_suspendedBy[institution][OPERATOR]) revert Refused(Refusal.Unknown);
        _lift(institution, OPERATOR);
    }

    /// @notice Everything about an institution but its TLS keys; the cold key is zero if it is not registered.
    function institutionOf(bytes32 id) external view returns (InstitutionState memory state) {
        Institution storage entry = _institutions[id];
        state.coldKey = entry.coldKey;
        state.recoveryKey = entry.recoveryKey;
        state.kind = entry.kind;
        state.jurisdiction = entry.jurisdiction;
        state.sealingKey = entry.sealingKey;
        state.name = entry.name;
        state.suspended = entry.suspensions != 0;
        state.attested = attested(id);
        state.trusted = trusted(id);
        state.accreditorUntil = entry.accreditorUntil;
        state.recoveryNonce = entry.recoveryNonce;
        state.nextColdKey = entry.nextColdKey;
        state.nextColdKeyReadyAt = entry.nextColdKeyReadyAt;
        state.nextRecoveryKey = entry.nextRecoveryKey;
        state.nextRecoveryKeyReadyAt = entry.nextRecoveryKeyReadyAt;
        state.recoveredColdKey = entry.recoveredColdKey;
        state.recoveredRecoveryKey = entry.recoveredRecoveryKey;
        state.recoveryReadyAt = entry.recoveryReadyAt;
    }

    /// @notice Whose TLS key a hash is, and whether it counts now. `validUntil` zero means no end is set. A key counts
    /// while its institution is suspended too: suspension is another question.
    function tlsKeyOf(bytes32 keyHash) external view returns (bytes32 institution, uint64 validUntil, bool valid) {
        TlsKey storage key = _tlsKeys[keyHash];
        return (key.institution, key.validUntil, _isValid(key));
    }

    /// @notice Whether a trusted accreditor vouches for the institution now. Says nothing about its suspension.
    function attested(bytes32 institution) public view returns (bool) {
        return _attested(institution, MAX_DEPTH);
    }

    /// @notice Whether the institution is an accreditor whose attestations count now.
    function trusted(bytes32 institution) public view returns (bool) {
        return _trusted(institution, MAX_DEPTH);
    }

    /// @notice Whether anyone's suspension stands.
    function suspended(bytes32 institution) external view returns (bool) {
        return _institutions[institution].suspensions != 0;
    }

    /// @notice Whether this one's suspension stands; `OPERATOR` for the operator's.
    function suspendedBy(bytes32 institution, bytes32 by) external view returns (bool) {
        return _suspendedBy[institution][by];
    }

    /// @notice The accreditors with an attestation on record, expired ones among them, and its end in seconds.
    function attestationsOf(bytes32 institution)
        external
        view
        returns (bytes32[] memory accreditors, uint64[] memory expires)
    {
        accreditors = _attesters[institution];
        expires = new uint64[](accreditors.length);
        for (uint256 i = 0; i < accreditors.length; ++i) {
            expires[i] = _attestedUntil[institution][accreditors[i]];
        }
    }

    /// @notice The id of an institution.
    function idOf(address coldKey, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(INSTITUTION_DOMAIN, coldKey, salt));
    }

    /// @notice SHA-256 of the DER SubjectPublicKeyInfo of a P-256 key.
    function tlsKeyHash(bytes32 x, bytes32 y) public pure returns (bytes32) {
        return sha256(bytes.concat(SPKI_PREFIX, x, y));
    }

    /// @notice What a TLS key signs, by ECDSA with SHA-256, to show that the institution has it.
    /// @dev 160 bytes: the purpose, chain id, this address, the institution, the key hash. A plain message and not
    /// typed data, because a TLS key may live in a device that hashes for itself.
    function possessionMessage(bytes32 institution, bytes32 keyHash) public view returns (bytes memory) {
        return abi.encode(POSSESSION_DOMAIN, block.chainid, address(this), institution, keyHash);
    }

    function _register(bytes32 id, InstitutionItem calldata item) private returns (Refusal) {
        if (block.timestamp > item.deadline) return Refusal.DeadlinePassed;
        uint256 length = bytes(item.name).length;
        if (
            item.kind == 0 || item.kind > ACCREDITOR || length == 0 || length > MAX_NAME
                || !_isUpper(item.jurisdiction[0]) || !_isUpper(item.jurisdiction[1])
        ) return Refusal.Malformed;
        Institution storage entry = _institutions[id];
        if (entry.coldKey != address(0)) return Refusal.AlreadyDone;
        bytes32 act = keccak256(
            abi.encode(
                REGISTER_INSTITUTION_TYPEHASH,
                id,
                item.recoveryKey,
                item.kind,
                item.jurisdiction,
                item.sealingKey,
                keccak256(bytes(item.name)),
                item.deadline
            )
        );
        if (!_signedBy(item.coldKey, act, item.signature)) return Refusal.BadSignature;
        entry.coldKey = item.coldKey;
        entry.recoveryKey = item.recoveryKey;
        entry.kind = item.kind;
        entry.jurisdiction = item.jurisdiction;
        entry.sealingKey = item.sealingKey;
        entry.name = item.name;
        emit InstitutionRegistered(
            id, item.coldKey, item.recoveryKey, item.kind, item.jurisdiction, item.sealingKey, item.name
        );
        return Refusal.None;
    }

    function _attest(AttestItem calldata item) private returns (Refusal) {
        bytes32 act = keccak256(
            abi.encode(
                ATTEST_TYPEHASH, item.accreditor, item.institution, item.expires, item.nonce, item.deadline
            )
        );
        Refusal reason =
            _checkColdKey(item.accreditor, item.institution, item.nonce, item.deadline, act, item.signature);
        if (reason != Refusal.None) return reason;
        if (item.expires <= block.timestamp) return Refusal.BadExpiry;
        if (_institutions[item.institution].coldKey == address(0)) return Refusal.Unknown;
        if (item.accreditor == item.institution || !trusted(item.accreditor)) return Refusal.NotAllowed;
        if (_attestedUntil[item.institution][item.accreditor] == 0 && !_addAttester(item.institution, item.accreditor))
        {
            return Refusal.NotAllowed;
        }
        nonces[item.accreditor][item.institution] = item.nonce + 1;
        _attestedUntil[item.institution][item.accreditor] = item.expires;
        emit Attested(item.accreditor, item.institution, item.expires);
        return Refusal.None;
    }

    /// @dev When the list is full an expired attestation makes room.
    function _addAttester(bytes32 institution, bytes32 accreditor) private returns (bool) {
        bytes32[] storage list = _attesters[institution];
        if (list.length < MAX_ATTESTATIONS) {
            list.push(accreditor);
            return true;
        }
        for (uint256 i = 0; i < list.length; ++i) {
            if (_attestedUntil[institution][list[i]] <= block.timestamp) {
                delete _attestedUntil[institution][list[i]];
                list[i] = accreditor;
                return true;
            }
        }
        return false;
    }

    function _removeAttester(bytes32 institution, bytes32 accreditor) private {
        delete _attestedUntil[institution][accreditor];
        bytes32[] storage list = _attesters[institution];
        uint256 last = list.length - 1;
        for (uint256 i = 0; i <= last; ++i) {
            if (list[i] == accreditor) {
                list[i] = list[last];
                list.pop();
                return;
            }
        }
    }

    function _endTlsKey(bytes32 institution, bytes32 keyHash, uint64 validUntil) private {
        TlsKey storage key = _tlsKeys[keyHash];
        if (key.institution != institution || !_isValid(key)) revert Refused(Refusal.Unknown);
        if (validUntil <= block.timestamp) revert Refused(Refusal.BadExpiry);
        key.validUntil = validUntil;
        emit TlsKeyEnding(institution, keyHash, validUntil);
    }

    function _suspend(bytes32 institution, bytes32 by) private {
        _suspendedBy[institution][by] = true;
        _institutions[institution].suspensions += 1;
        emit Suspended(institution, by);
    }

    function _lift(bytes32 institution, bytes32 by) private {
        _suspendedBy[institution][by] = false;
        _institutions[institution].suspensions -= 1;
        emit SuspensionLifted(institution, by);
    }

    function _useColdKey(
        bytes32 actor,
        bytes32 target,
        uint64 nonce,
        uint64 deadline,
        bytes32 act,
        bytes calldata signature
    ) private {
        _accept(_checkColdKey(actor, target, nonce, deadline, act, signature));
        nonces[actor][target] = nonce + 1;
    }

    function _checkColdKey(
        bytes32 actor,
        bytes32 target,
        uint64 nonce,
        uint64 deadline,
        bytes32 act,
        bytes calldata signature
    ) private view returns (Refusal) {
        Institution storage entry = _institutions[actor];
        if (entry.coldKey == address(0)) return Refusal.Unknown;
        if (entry.recoveryReadyAt != 0) return Refusal.Frozen;
        if (block.timestamp > deadline) return Refusal.DeadlinePassed;
        if (nonce != nonces[actor][target]) return Refusal.BadNonce;
        if (!_signedBy(entry.coldKey, act, signature)) return Refusal.BadSignature;
        return Refusal.None;
    }

    function _attested(bytes32 institution, uint256 depth) private view returns (bool) {
        if (depth == 0) return false;
        bytes32[] storage list = _attesters[institution];
        for (uint256 i = 0; i < list.length; ++i) {
            if (_attestedUntil[institution][list[i]] > block.timestamp && _trusted(list[i], depth)) return true;
        }
        return false;
    }

    function _trusted(bytes32 institution, uint256 depth) private view returns (bool) {
        Institution storage entry = _institutions[institution];
        if (entry.kind != ACCREDITOR || entry.suspensions != 0) return false;
        return entry.accreditorUntil > block.timestamp || _attested(institution, depth - 1);
    }

    function _isValid(TlsKey storage key) private view returns (bool) {
        return key.institution != 0 && !key.removed && (key.validUntil == 0 || key.validUntil > block.timestamp);
    }

    function _dropChanges(Institution storage entry) private {
        (entry.nextColdKey, entry.nextColdKeyReadyAt) = (address(0), 0);
        (entry.nextRecoveryKey, entry.nextRecoveryKeyReadyAt) = (address(0), 0);
    }

    function _isUpper(bytes1 letter) private pure returns (bool) {
        return letter >= "A" && letter <= "Z";
    }

    function _readyAt() private view returns (uint64) {
        return uint64(block.timestamp) + DELAY;
    }

    function _checkReady(uint64 readyAt) private view {
        if (readyAt == 0) revert Refused(Refusal.Unknown);
        if (block.timestamp < readyAt) revert Refused(Refusal.BadTime);
    }
}
