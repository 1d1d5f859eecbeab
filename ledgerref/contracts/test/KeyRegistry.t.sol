// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base, Log} from "./Base.sol";
import {
    ContactSignature,
    IdentityItem,
    IdentityState,
    KeyFrom,
    KeyRegistry,
    RecoverySet
} from "../src/KeyRegistry.sol";
import {Refusal, TypedActs} from "../src/TypedActs.sol";

contract KeyRegistryTest is Base {
    uint256 internal constant ROOT = 0xA11CE;
    uint256 internal constant THIEF = 0xBAD;
    bytes32 internal constant SALT = keccak256("salt");
    bytes32 internal constant NEXT_HASH = keccak256("the next contacts");
    address internal constant NEXT = address(0x4E);

    KeyRegistry internal registry;
    /// Ordered by address, as a set must be.
    uint256[] internal contactKeys;
    RecoverySet internal set;
    bytes32 internal hash;
    bytes32 internal id;

    function setUp() public override {
        super.setUp();
        registry = KeyRegistry(deploy("KeyRegistry", ""));
        set.threshold = 2;
        set.higherThreshold = 3;
        set.salt = keccak256("contacts");
        uint256[4] memory keys = [uint256(0xC1), 0xC2, 0xC3, 0xC4];
        for (uint256 i = 0; i < keys.length; ++i) {
            for (uint256 j = i + 1; j < keys.length; ++j) {
                if (vm.addr(keys[j]) < vm.addr(keys[i])) (keys[i], keys[j]) = (keys[j], keys[i]);
            }
            contactKeys.push(keys[i]);
            set.contacts.push(vm.addr(keys[i]));
        }
        (id, hash) = registered(set);
    }

    function registered(RecoverySet memory of_) internal returns (bytes32 newId, bytes32 newHash) {
        newHash = registry.recoveryHashOf(of_);
        newId = registry.idOf(vm.addr(ROOT), newHash, SALT);
        registry.register(vm.addr(ROOT), newHash, SALT, DEADLINE, signRegister(ROOT, newId));
    }

    function signRegister(uint256 key, bytes32 of_) internal view returns (bytes memory) {
        return signFor(
            key,
            address(registry),
            keccak256(abi.encode(keccak256("Register(bytes32 id,uint64 deadline)"), of_, DEADLINE))
        );
    }

    function signRotate(uint256 key, address newKey, uint64 nonce) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256("RotateKey(bytes32 id,address newKey,uint64 nonce,uint64 deadline)");
        return signFor(key, address(registry), keccak256(abi.encode(typeHash, id, newKey, nonce, soon())));
    }

    function signContacts(uint256 key, bytes32 newHash, uint64 nonce) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256("ChangeContacts(bytes32 id,bytes32 newRecoveryHash,uint64 nonce,uint64 deadline)");
        return signFor(key, address(registry), keccak256(abi.encode(typeHash, id, newHash, nonce, soon())));
    }

    function signCancelChanges(uint256 key, uint64 nonce) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256("CancelChanges(bytes32 id,uint64 nonce,uint64 deadline)");
        return signFor(key, address(registry), keccak256(abi.encode(typeHash, id, nonce, soon())));
    }

    function signCancelRecovery(uint256 key, uint64 nonce) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256("CancelRecovery(bytes32 id,uint64 nonce,uint64 deadline)");
        return signFor(key, address(registry), keccak256(abi.encode(typeHash, id, nonce, soon())));
    }

    function soon() internal view returns (uint64) {
        return uint64(time() + 1 hours);
    }

    function recoverAct(address newKey, bool higher, uint64 nonce) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Recover(bytes32 id,address newKey,bytes32 newRecoveryHash,bool higher,uint64 nonce,uint64 deadline)"
        );
        return keccak256(abi.encode(typeHash, id, newKey, NEXT_HASH, higher, nonce, soon()));
    }

    /// The last `count` contacts sign.
    function signRecover(address newKey, bool higher, uint64 nonce, uint256 count)
        internal
        view
        returns (ContactSignature[] memory signatures)
    {
        signatures = new ContactSignature[](count);
        bytes32 act = recoverAct(newKey, higher, nonce);
        for (uint256 i = 0; i < count; ++i) {
            uint256 contact = contactKeys.length - count + i;
            signatures[i] =
                ContactSignature(uint8(contact), signFor(contactKeys[contact], address(registry), act));
        }
    }

    function startRecovery(bool higher, uint64 nonce, uint256 count) internal {
        registry.recover(id, NEXT, NEXT_HASH, higher, soon(), set, signRecover(NEXT, higher, nonce, count));
    }

    function denyRecovery(Refusal reason, bool higher, ContactSignature[] memory signatures) internal {
        uint64 deadline = soon();
        refuse(reason);
        registry.recover(id, NEXT, NEXT_HASH, higher, deadline, set, signatures);
    }

    /// The first `count` signatures alone.
    function trimmed(ContactSignature[] memory signatures, uint256 count)
        internal
        pure
        returns (ContactSignature[] memory out)
    {
        out = new ContactSignature[](count);
        for (uint256 i = 0; i < count; ++i) {
            out[i] = signatures[i];
        }
    }

    /// The set that counted before is no longer known.
    function denyOldSet() internal {
        uint64 deadline = soon();
        refuse(Refusal.NotAllowed);
        registry.recover(id, address(0xBAD), keccak256("third"), false, deadline, set, new ContactSignature[](4));
    }

    function startRotation(uint64 nonce) internal {
        registry.rotate(id, NEXT, nonce, soon(), signRotate(ROOT, NEXT, nonce));
    }

    function keyIs(address want) internal view {
        same(registry.currentKey(id), want, "current key");
    }

    // registration

    function test_register() public view {
        keyIs(vm.addr(ROOT));
        same(registry.keyAt(id, 99), address(0), "before");
        same(registry.keyAt(id, 100), vm.addr(ROOT), "from its own block on");
        IdentityState memory state = registry.identityOf(id);
        same(state.recoveryHash, hash, "recovery hash");
        same(id, keccak256(abi.encode(keccak256("wrappy identity v1"), vm.addr(ROOT), hash, SALT)), "id");
        same(
            hash,
            keccak256(
                abi.encode(
                    keccak256("wrappy recovery v1"), uint8(2), uint8(3), set.contacts, keccak256("contacts")
                )
            ),
            "recovery hash"
        );
    }

    function test_register_without_contacts() public {
        bytes32 other = registry.idOf(vm.addr(ROOT), 0, SALT);
        vm.expectEmit(address(registry));
        emit KeyRegistry.Registered(other, vm.addr(ROOT));
        registry.register(vm.addr(ROOT), 0, SALT, DEADLINE, signRegister(ROOT, other));
        refuse(Refusal.Unknown);
        registry.recover(other, NEXT, NEXT_HASH, false, DEADLINE, set, new ContactSignature[](2));
    }

    function test_deny_register_twice() public {
        bytes memory signature = signRegister(ROOT, id);
        refuse(Refusal.AlreadyDone);
        registry.register(vm.addr(ROOT), hash, SALT, DEADLINE, signature);
    }

    /// A new root key does not free the id for the old one.
    function test_deny_register_again_after_rotation() public {
        startRotation(0);
        pass(2 days);
        registry.finaliseRotation(id);
        bytes32 act = keccak256(abi.encode(keccak256("Register(bytes32 id,uint64 deadline)"), id, soon()));
        bytes memory signature = signFor(ROOT, address(registry), act);
        uint64 deadline = soon();
        refuse(Refusal.AlreadyDone);
        registry.register(vm.addr(ROOT), hash, SALT, deadline, signature);
    }

    function test_deny_squatted_identity() public {
        bytes32 other = registry.idOf(vm.addr(ROOT), hash, keccak256("another"));
        bytes memory signature = signRegister(THIEF, other);
        refuse(Refusal.BadSignature);
        registry.register(vm.addr(ROOT), hash, keccak256("another"), DEADLINE, signature);
        signature = signRegister(THIEF, other);
        refuse(Refusal.BadSignature);
        registry.register(vm.addr(THIEF), hash, keccak256("another"), DEADLINE, signature);
    }

    /// The contacts are part of the id: a relayer cannot put its own in their place.
    function test_deny_register_with_other_contacts() public {
        bytes32 other = registry.idOf(vm.addr(ROOT), hash, keccak256("another"));
        bytes memory signature = signRegister(ROOT, other);
        refuse(Refusal.BadSignature);
        registry.register(vm.addr(ROOT), NEXT_HASH, keccak256("another"), DEADLINE, signature);
    }

    function test_deny_register_past_its_deadline() public {
        bytes32 other = registry.idOf(vm.addr(ROOT), 0, SALT);
        bytes memory signature = signRegister(ROOT, other);
        vm.warp(uint256(DEADLINE) + 1);
        refuse(Refusal.DeadlinePassed);
        registry.register(vm.addr(ROOT), 0, SALT, DEADLINE, signature);
    }

    function test_deny_register_on_another_chain_or_contract() public {
        KeyRegistry twin = KeyRegistry(deploy("KeyRegistry", ""));
        bytes memory signature = signRegister(ROOT, id);
        refuse(Refusal.BadSignature);
        twin.register(vm.addr(ROOT), hash, SALT, DEADLINE, signature);
        bytes32 other = registry.idOf(vm.addr(ROOT), 0, SALT);
        signature = signRegister(ROOT, other);
        vm.chainId(block.chainid + 1);
        refuse(Refusal.BadSignature);
        registry.register(vm.addr(ROOT), 0, SALT, DEADLINE, signature);
    }

    function test_bad_items_in_a_batch() public {
        IdentityItem[] memory items = new IdentityItem[](5);
        for (uint256 i = 0; i < items.length; ++i) {
            bytes32 of_ = registry.idOf(vm.addr(ROOT), 0, bytes32(i));
            items[i] = IdentityItem(vm.addr(ROOT), 0, bytes32(i), DEADLINE, signRegister(ROOT, of_));
        }
        items[1].signature = "short";
        items[2] = items[0];
        items[3].rootKey = address(0);
        vm.recordLogs();
        registry.registerBatch(items);
        Log[] memory logs = vm.getRecordedLogs();
        same(logs.length, 5, "logs");
        for (uint256 i = 0; i < 5; ++i) {
            bool good = i == 0 || i == 4;
            same(
                logs[i].topics[0], good ? KeyRegistry.Registered.selector : TypedActs.ItemRefused.selector, "event"
            );
            if (good) continue;
            (uint256 index, bytes32 ref, Refusal reason) = abi.decode(logs[i].data, (uint256, bytes32, Refusal));
            same(index, i, "index");
            same(ref, registry.idOf(items[i].rootKey, 0, items[i].salt), "ref");
            isTrue(reason == (i == 2 ? Refusal.AlreadyDone : Refusal.BadSignature), "reason");
        }
    }

    // rotation

    function test_rotation_waits_and_counts_from_its_block() public {
        startRotation(0);
        pass(2 days - 1);
        keyIs(vm.addr(ROOT));
        refuse(Refusal.BadTime);
        registry.finaliseRotation(id);
        pass(1);
        uint64 changed = uint64(height());
        vm.expectEmit(address(registry));
        emit KeyRegistry.KeyChanged(id, NEXT);
        vm.prank(address(0xEEEE));
        registry.finaliseRotation(id);
        keyIs(NEXT);
        same(registry.keyAt(id, changed - 1), vm.addr(ROOT), "the block before");
        same(registry.keyAt(id, changed), NEXT, "its block");
        same(registry.keyAt(id, changed + 1), address(0), "not yet");
        KeyFrom[] memory history = registry.keyHistory(id);
        same(history.length, 2, "history");
        same(history[0].fromBlock, 100, "first from");
        same(history[1].fromBlock, changed, "second from");
        same(history[1].key, NEXT, "second key");
    }

    function test_contacts_change_waits() public {
        registry.changeContacts(id, NEXT_HASH, 0, soon(), signContacts(ROOT, NEXT_HASH, 0));
        refuse(Refusal.BadTime);
        registry.finaliseContacts(id);
        pass(2 days);
        registry.finaliseContacts(id);
        same(registry.identityOf(id).recoveryHash, NEXT_HASH, "recovery hash");
        denyOldSet();
    }

    function test_cancel_changes() public {
        startRotation(0);
        registry.changeContacts(id, NEXT_HASH, 1, soon(), signContacts(ROOT, NEXT_HASH, 1));
        registry.cancelChanges(id, 2, soon(), signCancelChanges(ROOT, 2));
        pass(2 days);
        refuse(Refusal.Unknown);
        registry.finaliseRotation(id);
        refuse(Refusal.Unknown);
        registry.finaliseContacts(id);
        uint64 deadline = soon();
        bytes memory signature = signCancelChanges(ROOT, 3);
        refuse(Refusal.Unknown);
        registry.cancelChanges(id, 3, deadline, signature);
    }

    function test_a_second_rotation_starts_the_delay_again() public {
        startRotation(0);
        pass(1 days);
        startRotation(1);
        pass(1 days);
        refuse(Refusal.BadTime);
        registry.finaliseRotation(id);
    }

    function test_deny_rotation_by_another_key() public {
        bytes memory signature = signRotate(THIEF, NEXT, 0);
        uint64 deadline = soon();
        refuse(Refusal.BadSignature);
        registry.rotate(id, NEXT, 0, deadline, signature);
    }

    function test_deny_rotation_by_a_contact() public {
        bytes memory signature = signRotate(contactKeys[0], NEXT, 0);
        uint64 deadline = soon();
        refuse(Refusal.BadSignature);
        registry.rotate(id, NEXT, 0, deadline, signature);
    }

    function test_deny_replayed_rotation() public {
        bytes memory signature = signRotate(ROOT, NEXT, 0);
        uint64 deadline = soon();
        registry.rotate(id, NEXT, 0, deadline, signature);
        refuse(Refusal.BadNonce);
        registry.rotate(id, NEXT, 0, deadline, signature);
        refuse(Refusal.BadSignature);
        registry.rotate(id, NEXT, 1, deadline, signature);
    }

    function test_deny_rotation_past_its_deadline() public {
        bytes memory signature = signRotate(ROOT, NEXT, 0);
        uint64 deadline = soon();
        vm.warp(deadline + 1);
        refuse(Refusal.DeadlinePassed);
        registry.rotate(id, NEXT, 0, deadline, signature);
    }

    function test_deny_rotation_to_nothing_or_to_itself() public {
        bytes memory signature = signRotate(ROOT, address(0), 0);
        uint64 deadline = soon();
        refuse(Refusal.Malformed);
        registry.rotate(id, address(0), 0, deadline, signature);
        signature = signRotate(ROOT, vm.addr(ROOT), 0);
        refuse(Refusal.Malformed);
        registry.rotate(id, vm.addr(ROOT), 0, deadline, signature);
    }

    function test_deny_rotation_of_an_unknown_identity() public {
        id = keccak256("nobody");
        bytes memory signature = signRotate(ROOT, NEXT, 0);
        uint64 deadline = soon();
        refuse(Refusal.Unknown);
        registry.rotate(id, NEXT, 0, deadline, signature);
    }

    function test_deny_act_of_one_type_as_another() public {
        uint64 deadline = soon();
        startRotation(0);
        bytes memory signature = signCancelRecovery(ROOT, 1);
        refuse(Refusal.BadSignature);
        registry.cancelChanges(id, 1, deadline, signature);
    }

    function test_deny_old_key_after_rotation() public {
        startRotation(0);
        pass(2 days);
        registry.finaliseRotation(id);
        bytes memory signature = signRotate(ROOT, address(0xF), 1);
        uint64 deadline = soon();
        refuse(Refusal.BadSignature);
        registry.rotate(id, address(0xF), 1, deadline, signature);
    }

    function test_deny_finalise_twice() public {
        startRotation(0);
        pass(2 days);
        registry.finaliseRotation(id);
        refuse(Refusal.Unknown);
        registry.finaliseRotation(id);
    }

    // recovery

    function test_recovery_freezes_and_completes() public {
        vm.expectEmit(address(registry));
        emit KeyRegistry.RecoveryStarted(id, 0, NEXT, NEXT_HASH, uint64(NOW + 2 days));
        startRecovery(false, 0, 2);
        isTrue(registry.frozen(id), "frozen");
        keyIs(vm.addr(ROOT));
        pass(2 days - 1);
        refuse(Refusal.BadTime);
        registry.finaliseRecovery(id);
        pass(1);
        isTrue(registry.frozen(id), "frozen until it is finalised");
        registry.finaliseRecovery(id);
        isFalse(registry.frozen(id), "free");
        keyIs(NEXT);
        same(registry.keyAt(id, uint64(height()) - 1), vm.addr(ROOT), "before");
        same(registry.keyAt(id, uint64(height())), NEXT, "after");
        same(registry.identityOf(id).recoveryHash, NEXT_HASH, "recovery hash");
        denyOldSet();
    }

    function test_recovery_removes_a_thiefs_changes() public {
        registry.rotate(id, address(0xBAD), 0, soon(), signRotate(ROOT, address(0xBAD), 0));
        registry.changeContacts(id, keccak256("thief"), 1, soon(), signContacts(ROOT, keccak256("thief"), 1));
        pass(1 days);
        startRecovery(false, 0, 2);
        pass(2 days);
        refuse(Refusal.Unknown);
        registry.finaliseRotation(id);
        refuse(Refusal.Unknown);
        registry.finaliseContacts(id);
        registry.finaliseRecovery(id);
        keyIs(NEXT);
    }

    function test_recovery_after_a_thiefs_rotation() public {
        registry.rotate(id, vm.addr(THIEF), 0, soon(), signRotate(ROOT, vm.addr(THIEF), 0));
        pass(2 days);
        registry.finaliseRotation(id);
        startRecovery(true, 0, 3);
        pass(2 days);
        registry.finaliseRecovery(id);
        keyIs(NEXT);
    }

    /// A thief of the root key cannot use up the nonce that the contacts have signed.
    function test_recovery_in_spite_of_the_root_keys_nonce() public {
        ContactSignature[] memory signatures = signRecover(NEXT, false, 0, 2);
        uint64 deadline = soon();
        startRotation(0);
        startRotation(1);
        registry.recover(id, NEXT, NEXT_HASH, false, deadline, set, signatures);
        isTrue(registry.frozen(id), "frozen");
    }

    function test_one_cancel_then_the_higher_threshold() public {
        startRecovery(false, 0, 2);
        uint64 deadline = soon();
        vm.expectEmit(address(registry));
        emit KeyRegistry.RecoveryCancelled(id, 0);
        registry.cancelRecovery(id, 0, deadline, signCancelRecovery(ROOT, 0));
        isFalse(registry.frozen(id), "free");
        denyRecovery(Refusal.NotAllowed, false, signRecover(NEXT, false, 1, 2));
        startRecovery(true, 1, 3);
        bytes memory signature = signCancelRecovery(ROOT, 1);
        refuse(Refusal.NotAllowed);
        registry.cancelRecovery(id, 1, deadline, signature);
        pass(2 days);
        registry.finaliseRecovery(id);
        keyIs(NEXT);
        isFalse(registry.identityOf(id).cancelUsed, "new contacts, new cancel");
    }

    function test_higher_threshold_takes_the_place_of_the_lower() public {
        registry.recover(id, address(0xBAD), NEXT_HASH, false, soon(), set, signRecover(address(0xBAD), false, 0, 2));
        pass(1 days);
        denyRecovery(Refusal.NotAllowed, false, signRecover(NEXT, false, 1, 2));
        startRecovery(true, 1, 3);
        pass(1 days);
        refuse(Refusal.BadTime);
        registry.finaliseRecovery(id);
        denyRecovery(Refusal.Frozen, true, signRecover(NEXT, true, 2, 4));
        denyRecovery(Refusal.Frozen, false, signRecover(NEXT, false, 2, 4));
        pass(1 days);
        registry.finaliseRecovery(id);
        keyIs(NEXT);
    }

    function test_without_a_higher_threshold_a_cancel_is_final() public {
        set.higherThreshold = 0;
        (id, hash) = registered(set);
        startRecovery(false, 0, 2);
        registry.cancelRecovery(id, 0, soon(), signCancelRecovery(ROOT, 0));
        denyRecovery(Refusal.NotAllowed, true, signRecover(NEXT, true, 1, 4));
        denyRecovery(Refusal.NotAllowed, false, signRecover(NEXT, false, 1, 4));
    }

    function test_new_contacts_bring_a_new_cancel() public {
        startRecovery(false, 0, 2);
        registry.cancelRecovery(id, 0, soon(), signCancelRecovery(ROOT, 0));
        isTrue(registry.identityOf(id).cancelUsed, "used");
        registry.changeContacts(id, NEXT_HASH, 0, soon(), signContacts(ROOT, NEXT_HASH, 0));
        pass(2 days);
        registry.finaliseContacts(id);
        isFalse(registry.identityOf(id).cancelUsed, "new");
    }

    function test_deny_acts_of_the_root_key_while_frozen() public {
        startRecovery(false, 0, 2);
        uint64 deadline = soon();
        bytes memory signature = signRotate(ROOT, NEXT, 0);
        refuse(Refusal.Frozen);
        registry.rotate(id, NEXT, 0, deadline, signature);
        signature = signContacts(ROOT, NEXT_HASH, 0);
        refuse(Refusal.Frozen);
        registry.changeContacts(id, NEXT_HASH, 0, deadline, signature);
        signature = signCancelChanges(ROOT, 0);
        refuse(Refusal.Frozen);
        registry.cancelChanges(id, 0, deadline, signature);
    }

    function test_deny_cancel_by_another_key() public {
        startRecovery(false, 0, 2);
        bytes memory signature = signCancelRecovery(THIEF, 0);
        uint64 deadline = soon();
        refuse(Refusal.BadSignature);
        registry.cancelRecovery(id, 0, deadline, signature);
        isTrue(registry.frozen(id), "frozen");
    }

    function test_deny_cancel_after_the_delay() public {
        startRecovery(false, 0, 2);
        pass(2 days);
        bytes memory signature = signCancelRecovery(ROOT, 0);
        uint64 deadline = soon();
        refuse(Refusal.BadTime);
        registry.cancelRecovery(id, 0, deadline, signature);
    }

    /// A cancel that was signed once does not stop a later recovery.
    function test_deny_replayed_cancel() public {
        startRecovery(false, 0, 2);
        bytes memory signature = signCancelRecovery(ROOT, 0);
        uint64 deadline = soon();
        startRecovery(true, 1, 3);
        refuse(Refusal.BadNonce);
        registry.cancelRecovery(id, 0, deadline, signature);
        refuse(Refusal.BadSignature);
        registry.cancelRecovery(id, 1, deadline, signature);
    }

    function test_deny_cancel_of_nothing() public {
        bytes memory signature = signCancelRecovery(ROOT, 0);
        uint64 deadline = soon();
        refuse(Refusal.Unknown);
        registry.cancelRecovery(id, 0, deadline, signature);
    }

    function test_deny_cancel_past_its_deadline() public {
        startRecovery(false, 0, 2);
        bytes memory signature = signCancelRecovery(ROOT, 0);
        uint64 deadline = soon();
        vm.warp(uint256(deadline) + 1);
        refuse(Refusal.DeadlinePassed);
        registry.cancelRecovery(id, 0, deadline, signature);
    }

    function test_deny_recovery_below_the_threshold() public {
        denyRecovery(Refusal.NotAllowed, false, signRecover(NEXT, false, 0, 1));
        denyRecovery(Refusal.NotAllowed, false, new ContactSignature[](0));
    }

    function test_deny_one_contact_counted_twice() public {
        ContactSignature[] memory signatures = signRecover(NEXT, false, 0, 2);
        signatures[1] = signatures[0];
        denyRecovery(Refusal.Malformed, false, signatures);
    }

    function test_deny_contacts_out_of_order() public {
        ContactSignature[] memory signatures = signRecover(NEXT, false, 0, 2);
        (signatures[0], signatures[1]) = (signatures[1], signatures[0]);
        denyRecovery(Refusal.Malformed, false, signatures);
    }

    function test_deny_a_contact_outside_the_set() public {
        ContactSignature[] memory signatures = signRecover(NEXT, false, 0, 2);
        signatures[1].contact = 4;
        denyRecovery(Refusal.Malformed, false, signatures);
    }

    function test_deny_one_bad_signature_among_enough() public {
        ContactSignature[] memory signatures = signRecover(NEXT, true, 0, 3);
        signatures[0].signature = signFor(THIEF, address(registry), recoverAct(NEXT, true, 0));
        denyRecovery(Refusal.BadSignature, true, signatures);
    }

    function test_deny_recovery_for_another_key_than_signed() public {
        denyRecovery(Refusal.BadSignature, false, signRecover(address(0xBAD), false, 0, 2));
    }

    function test_deny_replayed_recovery() public {
        ContactSignature[] memory signatures = signRecover(NEXT, true, 0, 3);
        registry.recover(id, NEXT, NEXT_HASH, true, soon(), set, signatures);
        registry.cancelRecovery(id, 0, soon(), signCancelRecovery(ROOT, 0));
        denyRecovery(Refusal.BadSignature, true, signatures);
    }

    /// Who copies a higher recovery and leaves signatures out starts nothing and does not use up the nonce.
    function test_deny_trimmed_higher_recovery() public {
        ContactSignature[] memory signatures = signRecover(NEXT, true, 0, 3);
        denyRecovery(Refusal.NotAllowed, true, trimmed(signatures, 2));
        denyRecovery(Refusal.BadSignature, false, trimmed(signatures, 2));
        isFalse(registry.frozen(id), "free");
        registry.recover(id, NEXT, NEXT_HASH, true, soon(), set, signatures);
        isTrue(registry.identityOf(id).recoveryHigher, "higher");
    }

    function test_deny_higher_signatures_as_lower() public {
        for (uint256 count = 2; count <= 4; ++count) {
            denyRecovery(Refusal.BadSignature, false, signRecover(NEXT, true, 0, count));
        }
    }

    function test_deny_lower_signatures_as_higher() public {
        denyRecovery(Refusal.NotAllowed, true, signRecover(NEXT, false, 0, 2));
        denyRecovery(Refusal.BadSignature, true, signRecover(NEXT, false, 0, 3));
        denyRecovery(Refusal.BadSignature, true, signRecover(NEXT, false, 0, 4));
    }

    function test_deny_one_lower_signature_among_higher() public {
        ContactSignature[] memory signatures = signRecover(NEXT, true, 0, 3);
        signatures[2] = signRecover(NEXT, false, 0, 3)[2];
        denyRecovery(Refusal.BadSignature, true, signatures);
        denyRecovery(Refusal.BadSignature, false, signatures);
    }

    function test_deny_higher_recovery_below_the_higher_threshold() public {
        for (uint256 count = 0; count <= 2; ++count) {
            denyRecovery(Refusal.NotAllowed, true, signRecover(NEXT, true, 0, count));
        }
    }

    function test_deny_higher_recovery_where_there_is_no_higher_threshold() public {
        set.higherThreshold = 0;
        (id, hash) = registered(set);
        for (uint256 count = 0; count <= 4; ++count) {
            denyRecovery(Refusal.NotAllowed, true, signRecover(NEXT, true, 0, count));
        }
    }

    function test_a_lower_recovery_is_lower_however_many_sign() public {
        startRecovery(false, 0, 4);
        isFalse(registry.identityOf(id).recoveryHigher, "lower");
        denyRecovery(Refusal.NotAllowed, false, signRecover(NEXT, false, 1, 4));
        registry.cancelRecovery(id, 0, soon(), signCancelRecovery(ROOT, 0));
        denyRecovery(Refusal.NotAllowed, false, signRecover(NEXT, false, 1, 4));
        startRecovery(true, 1, 3);
        isTrue(registry.identityOf(id).recoveryHigher, "higher");
    }

    function test_deny_recovery_past_its_deadline() public {
        ContactSignature[] memory signatures = signRecover(NEXT, false, 0, 2);
        uint64 deadline = soon();
        vm.warp(uint256(deadline) + 1);
        refuse(Refusal.DeadlinePassed);
        registry.recover(id, NEXT, NEXT_HASH, false, deadline, set, signatures);
    }

    function test_deny_recovery_replayed_for_another_identity() public {
        ContactSignature[] memory signatures = signRecover(NEXT, false, 0, 2);
        bytes32 other = registry.idOf(vm.addr(ROOT), hash, keccak256("another"));
        registry.register(vm.addr(ROOT), hash, keccak256("another"), DEADLINE, signRegister(ROOT, other));
        uint64 deadline = soon();
        refuse(Refusal.BadSignature);
        registry.recover(other, NEXT, NEXT_HASH, false, deadline, set, signatures);
    }

    function test_deny_recovery_to_the_same_contacts_or_to_no_key() public {
        uint64 deadline = soon();
        ContactSignature[] memory signatures = signRecover(NEXT, false, 0, 2);
        refuse(Refusal.Malformed);
        registry.recover(id, NEXT, hash, false, deadline, set, signatures);
        refuse(Refusal.Malformed);
        registry.recover(id, address(0), NEXT_HASH, false, deadline, set, signatures);
    }

    function test_deny_another_set() public {
        set.threshold = 1;
        denyRecovery(Refusal.NotAllowed, false, signRecover(NEXT, false, 0, 1));
        set.threshold = 2;
        set.salt = 0;
        denyRecovery(Refusal.NotAllowed, false, signRecover(NEXT, false, 0, 2));
    }

    /// A set that an id commits to but that would weaken recovery stays unusable.
    function test_deny_unsound_sets() public {
        RecoverySet memory good = set;
        set.threshold = 0;
        denyUnsound();
        set.threshold = 5;
        denyUnsound();
        set.threshold = good.threshold;
        set.higherThreshold = good.threshold;
        denyUnsound();
        set.higherThreshold = 5;
        denyUnsound();
        set.higherThreshold = good.higherThreshold;
        set.contacts[0] = set.contacts[1];
        denyUnsound();
        set.contacts = new address[](17);
        for (uint256 i = 0; i < 17; ++i) {
            set.contacts[i] = address(uint160(i + 1));
        }
        denyUnsound();
    }

    function denyUnsound() internal {
        (id, hash) = registered(set);
        denyRecovery(Refusal.Malformed, false, signRecover(NEXT, false, 0, 2));
    }

    // fuzz

    /// keyAt agrees with a list kept beside it, whatever the order and distance of changes.
    function testFuzz_history(uint8[8] memory gaps) public {
        uint256 signer = ROOT;
        uint64[] memory from = new uint64[](9);
        address[] memory keys = new address[](9);
        (from[0], keys[0]) = (100, vm.addr(ROOT));
        for (uint256 i = 0; i < gaps.length; ++i) {
            uint256 next = 0x1000 + i;
            registry.rotate(id, vm.addr(next), uint64(i), soon(), signRotate(signer, vm.addr(next), uint64(i)));
            vm.warp(time() + 2 days);
            vm.roll(height() + gaps[i] % 4);
            registry.finaliseRotation(id);
            signer = next;
            (from[i + 1], keys[i + 1]) = (uint64(height()), vm.addr(next));
        }
        for (uint64 at_ = 99; at_ <= height(); ++at_) {
            address want = address(0);
            for (uint256 i = 0; i < from.length; ++i) {
                if (from[i] <= at_) want = keys[i];
            }
            same(registry.keyAt(id, at_), want, "key at");
        }
    }

    function testFuzz_nobody_else_registers(uint256 signer, bytes32 salt, bytes32 recoveryHash) public {
        signer = 1 + signer % type(uint128).max;
        vm.assume(signer != ROOT);
        bytes32 of_ = registry.idOf(vm.addr(ROOT), recoveryHash, salt);
        bytes memory signature = signRegister(signer, of_);
        refuse(Refusal.BadSignature);
        registry.register(vm.addr(ROOT), recoveryHash, salt, DEADLINE, signature);
    }

    /// A recovery starts exactly if it is of the kind that was signed and enough have signed.
    function testFuzz_recovery_is_of_the_kind_that_was_signed(bool signed, bool sent, uint8 count) public {
        count %= 5;
        ContactSignature[] memory signatures = signRecover(NEXT, signed, 0, count);
        bool good = signed == sent && count >= (sent ? 3 : 2);
        uint64 deadline = soon();
        if (!good) vm.expectRevert();
        registry.recover(id, NEXT, NEXT_HASH, sent, deadline, set, signatures);
        IdentityState memory state = registry.identityOf(id);
        isTrue((state.recoveryReadyAt != 0) == good, "pending");
        isTrue(state.recoveryHigher == (good && sent), "higher");
        same(state.recoveryNonce, good ? 1 : 0, "nonce");
    }

    /// Whatever signs, fewer than two of the four contacts never start a recovery.
    function testFuzz_recovery_needs_its_contacts(uint256[3] memory signers, uint8[3] memory positions) public {
        ContactSignature[] memory signatures = new ContactSignature[](3);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 signer = i == 0 ? contactKeys[0] : 0x10000 + signers[i] % type(uint128).max;
            signatures[i] =
                ContactSignature(positions[i] % 4, signFor(signer, address(registry), recoverAct(NEXT, false, 0)));
        }
        vm.expectRevert();
        registry.recover(id, NEXT, NEXT_HASH, false, uint64(time() + 1 hours), set, signatures);
        isFalse(registry.frozen(id), "free");
    }
}
