// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base, Log} from "./Base.sol";
import {ConsentLedger, GrantItem, State, WithdrawItem} from "../src/ConsentLedger.sol";
import {Refusal, TypedActs} from "../src/TypedActs.sol";

contract ConsentLedgerTest is Base {
    uint256 internal constant KEY = 0xA11CE;
    uint256 internal constant OTHER = 0xB0B;
    bytes32 internal constant ID = keccak256("a grant");
    address internal constant ADMIN = address(0xAD);
    address internal constant OPERATOR = address(0x0B);
    address internal constant LOGGER = address(0x10);

    uint64 internal expiry = uint64(NOW / 1 days + 30) * 1 days;
    ConsentLedger internal ledger;
    address internal key;

    function setUp() public override {
        super.setUp();
        ledger = ConsentLedger(deploy("ConsentLedger", abi.encode(ADMIN, OPERATOR)));
        key = vm.addr(KEY);
    }

    function grantAct(bytes32 id, uint64 until, uint64 deadline) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(keccak256("Grant(bytes32 id,uint64 expiry,uint64 deadline)"), id, until, deadline)
        );
    }

    function withdrawAct(bytes32 id) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("Withdraw(bytes32 id)"), id));
    }

    function signGrant(uint256 signer, bytes32 id) internal view returns (bytes memory) {
        return signFor(signer, address(ledger), grantAct(id, expiry, DEADLINE));
    }

    function signWithdraw(uint256 signer, bytes32 id) internal view returns (bytes memory) {
        return signFor(signer, address(ledger), withdrawAct(id));
    }

    function stateOf(address of_, bytes32 id) internal view returns (State state) {
        (state,,) = ledger.status(of_, id);
    }

    function isState(State want) internal view {
        isTrue(stateOf(key, ID) == want, "state");
    }

    function doGrant() internal {
        ledger.grant(key, ID, expiry, DEADLINE, signGrant(KEY, ID));
    }

    function doWithdraw() internal {
        ledger.withdraw(key, ID, signWithdraw(KEY, ID));
    }

    // what is allowed

    function test_grant() public {
        bytes32 ref = keccak256(abi.encode(key, ID));
        vm.expectEmit(address(ledger));
        emit ConsentLedger.Granted(ref, uint40(expiry));
        doGrant();
        (State state, uint40 grantedAt, uint40 until) = ledger.status(key, ID);
        isTrue(state == State.Granted, "state");
        same(grantedAt, NOW, "granted at");
        same(until, expiry, "expiry");
        (address holder, State byRef, uint40 since, uint40 end) = ledger.statusOf(ref);
        same(holder, key, "key");
        isTrue(byRef == state && since == grantedAt && end == until, "by ref");
    }

    function test_grant_at_the_deadline() public {
        bytes memory signature = signGrant(KEY, ID);
        vm.warp(DEADLINE);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
        isState(State.Granted);
    }

    function test_withdraw() public {
        doGrant();
        vm.warp(NOW + 365 days);
        vm.expectEmit(address(ledger));
        emit ConsentLedger.Withdrawn(keccak256(abi.encode(key, ID)));
        doWithdraw();
        (State state, uint40 grantedAt, uint40 until) = ledger.status(key, ID);
        isTrue(state == State.Withdrawn, "state");
        same(grantedAt, NOW, "granted at stays");
        same(until, expiry, "expiry stays");
    }

    function test_revoke() public {
        doGrant();
        vm.expectEmit(address(ledger));
        emit ConsentLedger.Revoked(keccak256(abi.encode(key, ID)));
        vm.prank(OPERATOR);
        ledger.revoke(key, ID);
        isState(State.Revoked);
    }

    function test_withdraw_after_revoke_is_on_record() public {
        doGrant();
        vm.prank(OPERATOR);
        ledger.revoke(key, ID);
        doWithdraw();
        isState(State.Withdrawn);
    }

    function test_one_key_grants_and_withdraws_only_its_own() public {
        doGrant();
        bytes memory other = signGrant(OTHER, ID);
        ledger.grant(vm.addr(OTHER), ID, expiry, DEADLINE, other);
        ledger.withdraw(vm.addr(OTHER), ID, signWithdraw(OTHER, ID));
        isState(State.Granted);
        isTrue(stateOf(vm.addr(OTHER), ID) == State.Withdrawn, "the other's");
    }

    // what is not

    function test_deny_grant_by_another_key() public {
        bytes memory signature = signGrant(OTHER, ID);
        refuse(Refusal.BadSignature);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
        isState(State.None);
    }

    function test_deny_grant_replayed_on_another_chain() public {
        bytes memory signature = signGrant(KEY, ID);
        vm.chainId(block.chainid + 1);
        refuse(Refusal.BadSignature);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
    }

    function test_deny_grant_replayed_on_another_contract() public {
        ConsentLedger twin = ConsentLedger(deploy("ConsentLedger", abi.encode(ADMIN, OPERATOR)));
        bytes memory signature = signGrant(KEY, ID);
        refuse(Refusal.BadSignature);
        twin.grant(key, ID, expiry, DEADLINE, signature);
    }

    function test_deny_withdraw_replayed_on_another_chain() public {
        doGrant();
        bytes memory signature = signWithdraw(KEY, ID);
        vm.chainId(block.chainid + 1);
        refuse(Refusal.BadSignature);
        ledger.withdraw(key, ID, signature);
        isState(State.Granted);
    }

    function test_deny_withdraw_replayed_on_another_contract() public {
        ConsentLedger twin = ConsentLedger(deploy("ConsentLedger", abi.encode(ADMIN, OPERATOR)));
        bytes memory signature = signWithdraw(KEY, ID);
        refuse(Refusal.BadSignature);
        twin.withdraw(key, ID, signature);
    }

    function test_deny_withdraw_signature_as_grant() public {
        bytes memory signature = signWithdraw(KEY, ID);
        refuse(Refusal.BadSignature);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
    }

    function test_deny_grant_signature_as_withdraw() public {
        doGrant();
        bytes memory signature = signGrant(KEY, ID);
        refuse(Refusal.BadSignature);
        ledger.withdraw(key, ID, signature);
        isState(State.Granted);
    }

    function test_deny_grant_past_its_deadline() public {
        bytes memory signature = signGrant(KEY, ID);
        vm.warp(uint256(DEADLINE) + 1);
        refuse(Refusal.DeadlinePassed);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
    }

    function test_deny_longer_deadline_than_signed() public {
        bytes memory signature = signGrant(KEY, ID);
        refuse(Refusal.BadSignature);
        ledger.grant(key, ID, expiry, DEADLINE + 1, signature);
    }

    function test_deny_longer_expiry_than_signed() public {
        bytes memory signature = signGrant(KEY, ID);
        refuse(Refusal.BadSignature);
        ledger.grant(key, ID, expiry + 1 days, DEADLINE, signature);
    }

    function test_deny_expiry_within_a_day() public {
        expiry += 1;
        bytes memory signature = signGrant(KEY, ID);
        refuse(Refusal.BadExpiry);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
    }

    function test_deny_expiry_in_the_past() public {
        expiry = uint64(NOW / 1 days) * 1 days;
        bytes memory signature = signGrant(KEY, ID);
        refuse(Refusal.BadExpiry);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
    }

    function test_deny_expiry_now() public {
        vm.warp(expiry);
        bytes memory signature = signFor(KEY, address(ledger), grantAct(ID, expiry, expiry));
        refuse(Refusal.BadExpiry);
        ledger.grant(key, ID, expiry, expiry, signature);
    }

    /// Cut to 40 bits it would be a time in the near future.
    function test_deny_expiry_beyond_40_bits() public {
        expiry = (type(uint64).max / 1 days) * 1 days;
        bytes memory signature = signGrant(KEY, ID);
        refuse(Refusal.BadExpiry);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
    }

    function test_deny_grant_twice() public {
        doGrant();
        bytes memory signature = signGrant(KEY, ID);
        refuse(Refusal.AlreadyDone);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
    }

    function test_deny_grant_after_withdraw() public {
        doGrant();
        doWithdraw();
        bytes memory signature = signGrant(KEY, ID);
        refuse(Refusal.Terminal);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
        isState(State.Withdrawn);
    }

    function test_deny_grant_after_withdraw_that_came_first() public {
        doWithdraw();
        isState(State.Withdrawn);
        bytes memory signature = signGrant(KEY, ID);
        refuse(Refusal.Terminal);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
        isState(State.Withdrawn);
    }

    function test_deny_grant_after_revoke() public {
        doGrant();
        vm.prank(OPERATOR);
        ledger.revoke(key, ID);
        bytes memory signature = signGrant(KEY, ID);
        refuse(Refusal.Terminal);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
    }

    function test_deny_withdraw_twice() public {
        doGrant();
        doWithdraw();
        bytes memory signature = signWithdraw(KEY, ID);
        refuse(Refusal.Terminal);
        ledger.withdraw(key, ID, signature);
        isState(State.Withdrawn);
    }

    function test_deny_withdraw_by_another_key() public {
        doGrant();
        bytes memory signature = signWithdraw(OTHER, ID);
        refuse(Refusal.BadSignature);
        ledger.withdraw(key, ID, signature);
        isState(State.Granted);
    }

    function test_deny_squatted_id() public {
        ledger.withdraw(vm.addr(OTHER), ID, signWithdraw(OTHER, ID));
        isState(State.None);
        doGrant();
        isState(State.Granted);
    }

    /// Nobody but the key's holder can cause an event under a grant's ref.
    function test_deny_forged_event_key() public {
        doGrant();
        bytes32 ref = ledger.refOf(key, ID);
        GrantItem[] memory grants = new GrantItem[](2);
        grants[0] = GrantItem(key, ID, expiry, DEADLINE, signGrant(OTHER, ID));
        grants[1] = GrantItem(vm.addr(OTHER), ID, expiry, DEADLINE, signGrant(OTHER, ID));
        WithdrawItem[] memory withdrawals = new WithdrawItem[](2);
        withdrawals[0] = WithdrawItem(key, ID, signWithdraw(OTHER, ID));
        withdrawals[1] = WithdrawItem(vm.addr(OTHER), ID, signWithdraw(OTHER, ID));
        vm.recordLogs();
        ledger.grantBatch(grants);
        ledger.withdrawBatch(withdrawals);
        Log[] memory logs = vm.getRecordedLogs();
        same(logs.length, 4, "logs");
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == TypedActs.ItemRefused.selector) continue;
            isTrue(logs[i].topics[1] != ref, "an event under another's ref");
        }
        isState(State.Granted);
    }

    function test_deny_zero_key() public {
        refuse(Refusal.BadSignature);
        ledger.grant(address(0), ID, expiry, DEADLINE, new bytes(65));
    }

    function test_deny_high_s() public {
        bytes memory signature = highS(signGrant(KEY, ID));
        refuse(Refusal.BadSignature);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
    }

    function test_deny_short_signature() public {
        bytes memory signature = slice64(signGrant(KEY, ID));
        refuse(Refusal.BadSignature);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
    }

    function test_deny_contract_as_signer() public {
        address agrees = address(new AgreesToAll());
        bytes memory signature = signGrant(KEY, ID);
        refuse(Refusal.BadSignature);
        ledger.grant(agrees, ID, expiry, DEADLINE, signature);
    }

    function test_deny_operator_grant() public {
        bytes memory signature = signGrant(OTHER, ID);
        vm.prank(OPERATOR);
        refuse(Refusal.BadSignature);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
        vm.prank(ADMIN);
        refuse(Refusal.BadSignature);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
    }

    function test_deny_revoke_by_others() public {
        doGrant();
        bytes32 role = ledger.OPERATOR_ROLE();
        address[3] memory others = [ADMIN, LOGGER, key];
        for (uint256 i = 0; i < others.length; ++i) {
            unauthorised(others[i], role);
            vm.prank(others[i]);
            ledger.revoke(key, ID);
        }
        isState(State.Granted);
    }

    function test_deny_revoke_of_what_is_not_granted() public {
        vm.prank(OPERATOR);
        refuse(Refusal.Unknown);
        ledger.revoke(key, ID);
        isState(State.None);
    }

    function test_deny_revoke_after_withdraw() public {
        doWithdraw();
        vm.prank(OPERATOR);
        refuse(Refusal.Terminal);
        ledger.revoke(key, ID);
        isState(State.Withdrawn);
    }

    function test_deny_revoke_twice() public {
        doGrant();
        vm.prank(OPERATOR);
        ledger.revoke(key, ID);
        vm.prank(OPERATOR);
        refuse(Refusal.Terminal);
        ledger.revoke(key, ID);
    }

    // batches

    function test_bad_items_in_a_grant_batch() public {
        GrantItem[] memory items = new GrantItem[](9);
        for (uint256 i = 0; i < items.length; ++i) {
            items[i] = GrantItem(key, bytes32(i), expiry, DEADLINE, signGrant(KEY, bytes32(i)));
        }
        items[1].signature = "";
        items[2].signature = new bytes(1000);
        items[3].signature = signGrant(OTHER, bytes32(uint256(3)));
        items[4].deadline = uint64(NOW - 1);
        items[5].expiry += 1;
        items[6] = items[0];
        items[7].signature[64] = 0;
        Refusal[9] memory want = [
            Refusal.None,
            Refusal.BadSignature,
            Refusal.BadSignature,
            Refusal.BadSignature,
            Refusal.DeadlinePassed,
            Refusal.BadExpiry,
            Refusal.AlreadyDone,
            Refusal.BadSignature,
            Refusal.None
        ];
        vm.recordLogs();
        ledger.grantBatch(items);
        Log[] memory logs = vm.getRecordedLogs();
        same(logs.length, items.length, "one event for each item");
        for (uint256 i = 0; i < items.length; ++i) {
            if (want[i] == Refusal.None) {
                same(logs[i].topics[0], ConsentLedger.Granted.selector, "granted");
                continue;
            }
            same(logs[i].topics[0], TypedActs.ItemRefused.selector, "refused");
            (uint256 index, bytes32 ref, Refusal reason) = abi.decode(logs[i].data, (uint256, bytes32, Refusal));
            same(index, i, "index");
            same(ref, ledger.refOf(items[i].key, items[i].id), "ref");
            isTrue(reason == want[i], "reason");
        }
        isTrue(stateOf(key, 0) == State.Granted && stateOf(key, bytes32(uint256(8))) == State.Granted, "good ones");
        for (uint256 i = 1; i < 8; ++i) {
            isTrue(stateOf(key, bytes32(i)) == State.None, "bad ones");
        }
    }

    function test_bad_items_in_a_withdraw_batch() public {
        doGrant();
        WithdrawItem[] memory items = new WithdrawItem[](4);
        items[0] = WithdrawItem(key, ID, "");
        items[1] = WithdrawItem(key, ID, signWithdraw(OTHER, ID));
        items[2] = WithdrawItem(key, ID, signWithdraw(KEY, ID));
        items[3] = items[2];
        vm.recordLogs();
        ledger.withdrawBatch(items);
        Log[] memory logs = vm.getRecordedLogs();
        same(logs.length, 4, "logs");
        same(logs[0].topics[0], TypedActs.ItemRefused.selector, "malformed");
        same(logs[1].topics[0], TypedActs.ItemRefused.selector, "another's");
        same(logs[2].topics[0], ConsentLedger.Withdrawn.selector, "withdrawn");
        (,, Refusal reason) = abi.decode(logs[3].data, (uint256, bytes32, Refusal));
        isTrue(reason == Refusal.Terminal, "twice");
        isState(State.Withdrawn);
    }

    // journal logs

    function openLog() internal returns (bytes32 log) {
        log = keccak256("vault.example/log");
        vm.expectEmit(address(ledger));
        emit ConsentLedger.LogOpened(log, "vault.example/log", bytes32(uint256(7)));
        vm.prank(LOGGER);
        ledger.openLog("vault.example/log", bytes32(uint256(7)));
    }

    function anchor(bytes32 log, uint64 size) internal {
        vm.prank(LOGGER);
        ledger.anchor(log, size, keccak256(abi.encode(size)));
    }

    function test_anchor() public {
        bytes32 log = openLog();
        anchor(log, 1);
        vm.expectEmit(address(ledger));
        emit ConsentLedger.Anchored(log, 9, keccak256(abi.encode(uint64(9))));
        anchor(log, 9);
        (bytes32 ed25519Key, uint64 size, bytes32 root) = ledger.logHead(log);
        same(ed25519Key, bytes32(uint256(7)), "key");
        same(size, 9, "size");
        same(root, keccak256(abi.encode(uint64(9))), "root");
    }

    function test_deny_anchor_of_the_same_or_a_smaller_size() public {
        bytes32 log = openLog();
        refuse(Refusal.AlreadyDone);
        vm.prank(LOGGER);
        ledger.anchor(log, 0, bytes32(uint256(1)));
        anchor(log, 9);
        refuse(Refusal.AlreadyDone);
        vm.prank(LOGGER);
        ledger.anchor(log, 9, bytes32(uint256(1)));
        refuse(Refusal.AlreadyDone);
        vm.prank(LOGGER);
        ledger.anchor(log, 8, bytes32(uint256(1)));
    }

    function test_deny_anchor_of_an_unopened_log() public {
        vm.prank(LOGGER);
        refuse(Refusal.Unknown);
        ledger.anchor(keccak256("nowhere"), 1, bytes32(uint256(1)));
    }

    function test_deny_anchor_by_others() public {
        bytes32 log = openLog();
        address[3] memory others = [ADMIN, OPERATOR, key];
        for (uint256 i = 0; i < others.length; ++i) {
            refuse(Refusal.NotAllowed);
            vm.prank(others[i]);
            ledger.anchor(log, 1, bytes32(uint256(1)));
            refuse(Refusal.NotAllowed);
            vm.prank(others[i]);
            ledger.passLog(log, others[i]);
        }
        anchor(log, 1);
    }

    function test_anyone_opens_a_log_and_keeps_it() public {
        bytes32 first = openLog();
        vm.prank(key);
        ledger.openLog("another.example/log", bytes32(uint256(8)));
        bytes32 second = keccak256("another.example/log");
        isTrue(ledger.logKeeper(first) == LOGGER && ledger.logKeeper(second) == key, "keepers");
        vm.prank(key);
        ledger.anchor(second, 5, bytes32(uint256(1)));
        refuse(Refusal.NotAllowed);
        vm.prank(key);
        ledger.anchor(first, type(uint64).max, bytes32(uint256(1)));
        refuse(Refusal.NotAllowed);
        vm.prank(LOGGER);
        ledger.anchor(second, 6, bytes32(uint256(1)));
        isTrue(ledger.logKeeper(keccak256("nowhere")) == address(0), "nobody keeps what is not there");
    }

    function test_passLog() public {
        bytes32 log = openLog();
        anchor(log, 1);
        vm.expectEmit(address(ledger));
        emit ConsentLedger.LogPassed(log, OPERATOR);
        vm.prank(LOGGER);
        ledger.passLog(log, OPERATOR);
        refuse(Refusal.NotAllowed);
        vm.prank(LOGGER);
        ledger.anchor(log, 2, bytes32(uint256(1)));
        vm.prank(OPERATOR);
        ledger.anchor(log, 2, bytes32(uint256(1)));
        (bytes32 ed25519Key, uint64 size,) = ledger.logHead(log);
        same(ed25519Key, bytes32(uint256(7)), "key");
        same(size, 2, "size");
    }

    function test_deny_passing_to_nobody_or_what_is_not_there() public {
        bytes32 log = openLog();
        refuse(Refusal.Malformed);
        vm.prank(LOGGER);
        ledger.passLog(log, address(0));
        refuse(Refusal.Unknown);
        vm.prank(LOGGER);
        ledger.passLog(keccak256("nowhere"), LOGGER);
    }

    function test_deny_bad_logs() public {
        openLog();
        vm.prank(LOGGER);
        refuse(Refusal.AlreadyDone);
        ledger.openLog("vault.example/log", bytes32(uint256(8)));
        vm.prank(LOGGER);
        refuse(Refusal.Malformed);
        ledger.openLog("", bytes32(uint256(8)));
        vm.prank(LOGGER);
        refuse(Refusal.Malformed);
        ledger.openLog("no key", 0);
        vm.prank(LOGGER);
        refuse(Refusal.Malformed);
        ledger.openLog(string(new bytes(256)), bytes32(uint256(8)));
    }

    // fuzz

    function testFuzz_only_the_signed_grant(uint256 signer, bytes32 id, uint32 ahead, address claimed) public {
        signer = 1 + signer % (type(uint128).max);
        expiry = uint64(NOW / 1 days + 1 + ahead % 36500) * 1 days;
        vm.assume(claimed != vm.addr(signer));
        bytes memory signature = signGrant(signer, id);
        refuse(Refusal.BadSignature);
        ledger.grant(claimed, id, expiry, DEADLINE, signature);
        refuse(Refusal.BadSignature);
        ledger.grant(vm.addr(signer), keccak256(abi.encode(id)), expiry, DEADLINE, signature);
        ledger.grant(vm.addr(signer), id, expiry, DEADLINE, signature);
        isTrue(stateOf(vm.addr(signer), id) == State.Granted, "granted");
    }

    function testFuzz_no_batch_reverts(bytes[] calldata signatures, address claimed, uint64 until, uint64 deadline)
        public
    {
        GrantItem[] memory grants = new GrantItem[](signatures.length);
        WithdrawItem[] memory withdrawals = new WithdrawItem[](signatures.length);
        for (uint256 i = 0; i < signatures.length; ++i) {
            grants[i] = GrantItem(claimed, bytes32(i), until, deadline, signatures[i]);
            withdrawals[i] = WithdrawItem(claimed, bytes32(i), signatures[i]);
        }
        ledger.grantBatch(grants);
        ledger.withdrawBatch(withdrawals);
        for (uint256 i = 0; i < signatures.length; ++i) {
            isTrue(stateOf(claimed, bytes32(i)) == State.None, "nothing stands");
        }
    }

    function testFuzz_any_flipped_bit_is_refused(uint256 bit) public {
        bytes memory signature = signGrant(KEY, ID);
        bit = bit % (65 * 8);
        signature[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
        refuse(Refusal.BadSignature);
        ledger.grant(key, ID, expiry, DEADLINE, signature);
    }

    /// After a withdrawal nothing that anyone does makes the grant stand.
    function testFuzz_withdrawn_for_ever(uint8[] calldata acts, bool grantedFirst) public {
        if (grantedFirst) doGrant();
        doWithdraw();
        bytes memory grantSignature = signGrant(KEY, ID);
        bytes memory withdrawSignature = signWithdraw(KEY, ID);
        for (uint256 i = 0; i < acts.length; ++i) {
            if (acts[i] % 3 == 0) {
                try ledger.grant(key, ID, expiry, DEADLINE, grantSignature) {} catch {}
            } else if (acts[i] % 3 == 1) {
                try ledger.withdraw(key, ID, withdrawSignature) {} catch {}
            } else {
                vm.prank(OPERATOR);
                try ledger.revoke(key, ID) {} catch {}
            }
            isState(State.Withdrawn);
        }
    }

    function testFuzz_anchors_only_grow(uint64[] calldata sizes) public {
        bytes32 log = openLog();
        uint64 last = 0;
        for (uint256 i = 0; i < sizes.length; ++i) {
            vm.prank(LOGGER);
            try ledger.anchor(log, sizes[i], bytes32(i)) {
                isTrue(sizes[i] > last, "grew");
                last = sizes[i];
            } catch {
                isTrue(sizes[i] <= last, "refused though larger");
            }
        }
    }
}

contract AgreesToAll {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return 0x1626ba7e;
    }
}
