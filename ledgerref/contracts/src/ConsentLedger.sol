// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Refusal, TypedActs} from "./TypedActs.sol";

/// What the chain knows of a grant. The numbers are read off chain: never renumber.
enum State {
    None,
    Granted,
    Withdrawn,
    Revoked
}

struct GrantItem {
    address key;
    bytes32 id;
    uint64 expiry;
    uint64 deadline;
    bytes signature;
}

struct WithdrawItem {
    address key;
    bytes32 id;
    bytes signature;
}

/// @title Which grants stand, and how far the journals have been anchored
/// @notice A grant is known by ref = keccak256(abi.encode(grantKey, id)). Because the key is part of it, nobody else
/// can occupy an id or cause an event for it.
/// @dev Nothing here may name a person, an institution or a field, or link two grants.
contract ConsentLedger is TypedActs, AccessControl {
    /// May revoke a grant. No role can make one.
    bytes32 public constant OPERATOR_ROLE = keccak256("OPERATOR_ROLE");

    bytes32 private constant GRANT_TYPEHASH = keccak256("Grant(bytes32 id,uint64 expiry,uint64 deadline)");
    bytes32 private constant WITHDRAW_TYPEHASH = keccak256("Withdraw(bytes32 id)");

    uint256 private constant MAX_ORIGIN = 255;

    /// @dev One slot. Splitting it doubles the price of a grant.
    struct Entry {
        address key;
        uint40 expiry;
        uint40 grantedAt;
        State state;
    }

    struct Log {
        bytes32 ed25519Key;
        bytes32 root;
        uint64 size;
        address keeper;
    }

    event Granted(bytes32 indexed ref, uint40 expiry);
    event Withdrawn(bytes32 indexed ref);
    event Revoked(bytes32 indexed ref);
    event LogOpened(bytes32 indexed log, string origin, bytes32 ed25519Key);
    event LogPassed(bytes32 indexed log, address keeper);
    event Anchored(bytes32 indexed log, uint64 size, bytes32 root);

    mapping(bytes32 ref => Entry) private _entries;
    mapping(bytes32 log => Log) private _logs;

    /// @param admin hands out the roles
    /// @param operator first holder of OPERATOR_ROLE, or zero for none
    constructor(address admin, address operator) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        if (operator != address(0)) _grantRole(OPERATOR_ROLE, operator);
    }

    /// @notice Records a grant. Anyone may relay it.
    /// @param key the grant key, which signed Grant(id, expiry, deadline)
    /// @param expiry seconds since 1970, a multiple of 86400, in the future
    /// @param deadline last block time, in seconds, at which the act may be carried out
    function grant(address key, bytes32 id, uint64 expiry, uint64 deadline, bytes calldata signature) external {
        _accept(_grant(refOf(key, id), key, id, expiry, deadline, signature));
    }

    /// @notice Records many grants. A bad item is skipped with `ItemRefused`; the rest stand.
    function grantBatch(GrantItem[] calldata items) external {
        for (uint256 i = 0; i < items.length; ++i) {
            GrantItem calldata item = items[i];
            bytes32 ref = refOf(item.key, item.id);
            Refusal reason = _grant(ref, item.key, item.id, item.expiry, item.deadline, item.signature);
            if (reason != Refusal.None) emit ItemRefused(i, ref, reason);
        }
    }

    /// @notice Records a withdrawal, for ever. Anyone may relay it, at any time, before the grant itself too: a grant
    /// that arrives later is refused. A grant that the operator revoked becomes withdrawn, so that the person's own
    /// word is on record. A second withdrawal is refused and changes nothing.
    function withdraw(address key, bytes32 id, bytes calldata signature) external {
        _accept(_withdraw(refOf(key, id), key, id, signature));
    }

    /// @notice Records many withdrawals. A bad item is skipped with `ItemRefused`; the rest stand.
    function withdrawBatch(WithdrawItem[] calldata items) external {
        for (uint256 i = 0; i < items.length; ++i) {
            WithdrawItem calldata item = items[i];
            bytes32 ref = refOf(item.key, item.id);
            Refusal reason = _withdraw(ref, item.key, item.id, item.signature);
            if (reason != Refusal.None) emit ItemRefused(i, ref, reason);
        }
    }

    /// @notice Stops a standing grant, for ever. Only what is granted can be revoked: the operator can neither block
    /// an id in advance nor write over a withdrawal.
    function revoke(address key, bytes32 id) external onlyRole(OPERATOR_ROLE) {
        bytes32 ref = refOf(key, id);
        State state = _entries[ref].state;
        if (state == State.None) revert Refused(Refusal.Unknown);
        if (state != State.Granted) revert Refused(Refusal.Terminal);
        _entries[ref].state = State.Revoked;
        emit Revoked(ref);
    }

    /// @notice Makes a journal's origin and key known, once. Anyone may: whoever runs a vault needs nobody's leave.
    /// Who opens a log keeps it: only the keeper anchors it, so that no vault can stop another's.
    /// @param origin the log's C2SP origin line, 1 to 255 bytes; the log is known by keccak256(bytes(origin))
    function openLog(string calldata origin, bytes32 ed25519Key) external {
        uint256 length = bytes(origin).length;
        if (length == 0 || length > MAX_ORIGIN || ed25519Key == 0) revert Refused(Refusal.Malformed);
        bytes32 log = keccak256(bytes(origin));
        if (_logs[log].ed25519Key != 0) revert Refused(Refusal.AlreadyDone);
        _logs[log].ed25519Key = ed25519Key;
        _logs[log].keeper = msg.sender;
        emit LogOpened(log, origin, ed25519Key);
    }

    /// @notice Passes a log on to another account. The key and what is anchored stay.
    function passLog(bytes32 log, address keeper) external {
        Log storage entry = _logs[log];
        if (entry.ed25519Key == 0) revert Refused(Refusal.Unknown);
        if (entry.keeper != msg.sender) revert Refused(Refusal.NotAllowed);
        if (keeper == address(0)) revert Refused(Refusal.Malformed);
        entry.keeper = keeper;
        emit LogPassed(log, keeper);
    }

    /// @notice Anchors a checkpoint. The keeper alone may.
    /// @dev The chain cannot tell whether a size is true. One that is too large stops the log for good, since no
    /// smaller one is ever accepted.
    function anchor(bytes32 log, uint64 size, bytes32 root) external {
        Log storage entry = _logs[log];
        if (entry.ed25519Key == 0) revert Refused(Refusal.Unknown);
        if (entry.keeper != msg.sender) revert Refused(Refusal.NotAllowed);
        if (size <= entry.size) revert Refused(Refusal.AlreadyDone);
        entry.size = size;
        entry.root = root;
        emit Anchored(log, size, root);
    }

    /// @notice The state of a grant, and its times in seconds.
    /// @dev `Granted` says nothing about the expiry having passed, nor about a tombstone at the vault.
    function status(address key, bytes32 id) external view returns (State state, uint40 grantedAt, uint40 expiry) {
        Entry storage entry = _entries[refOf(key, id)];
        return (entry.state, entry.grantedAt, entry.expiry);
    }

    /// @notice The same by ref, with the key. The key is zero if nothing is known.
    function statusOf(bytes32 ref)
        external
        view
        returns (address key, State state, uint40 grantedAt, uint40 expiry)
    {
        Entry storage entry = _entries[ref];
        return (entry.key, entry.state, entry.grantedAt, entry.expiry);
    }

    /// @notice A log's key and newest anchor. The key is zero if the log is not open.
    function logHead(bytes32 log) external view returns (bytes32 ed25519Key, uint64 size, bytes32 root) {
        Log storage entry = _logs[log];
        return (entry.ed25519Key, entry.size, entry.root);
    }

    /// @notice Who may anchor a log. Zero if it is not open.
    function logKeeper(bytes32 log) external view returns (address) {
        return _logs[log].keeper;
    }

    /// @notice The name of a grant in storage and events.
    function refOf(address key, bytes32 id) public pure returns (bytes32) {
        return keccak256(abi.encode(key, id));
    }

    function _grant(
        bytes32 ref,
        address key,
        bytes32 id,
        uint64 expiry,
        uint64 deadline,
        bytes calldata signature
    ) private returns (Refusal) {
        if (block.timestamp > deadline) return Refusal.DeadlinePassed;
        if (expiry % 1 days != 0 || expiry <= block.timestamp || expiry > type(uint40).max) return Refusal.BadExpiry;
        State state = _entries[ref].state;
        if (state == State.Granted) return Refusal.AlreadyDone;
        if (state != State.None) return Refusal.Terminal;
        if (!_signedBy(key, keccak256(abi.encode(GRANT_TYPEHASH, id, expiry, deadline)), signature)) {
            return Refusal.BadSignature;
        }
        // forge-lint: disable-next-line(unsafe-typecast)
        _entries[ref] = Entry(key, uint40(expiry), uint40(block.timestamp), State.Granted);
        // forge-lint: disable-next-line(unsafe-typecast)
        emit Granted(ref, uint40(expiry));
        return Refusal.None;
    }

    function _withdraw(bytes32 ref, address key, bytes32 id, bytes calldata signature) private returns (Refusal) {
        Entry memory entry = _entries[ref];
        if (entry.state == State.Withdrawn) return Refusal.Terminal;
        if (!_signedBy(key, keccak256(abi.encode(WITHDRAW_TYPEHASH, id)), signature)) return Refusal.BadSignature;
        entry.key = key;
        entry.state = State.Withdrawn;
        _entries[ref] = entry;
        emit Withdrawn(ref);
        return Refusal.None;
    }
}
