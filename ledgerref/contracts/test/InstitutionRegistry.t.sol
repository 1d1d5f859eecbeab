// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base, Log} from "./Base.sol";
import {
    AttestItem,
    InstitutionItem,
    InstitutionRegistry,
    InstitutionState,
    TlsKeyItem
} from "../src/InstitutionRegistry.sol";
import {Refusal, TypedActs} from "../src/TypedActs.sol";

contract InstitutionRegistryTest is Base {
    uint256 internal constant COLD = 0xC01D;
    uint256 internal constant ROOT_ACCREDITOR = 0xACC0;
    uint256 internal constant RECOVERY = 0x4EC0;
    uint256 internal constant THIEF = 0xBAD;
    uint256 internal constant NEXT = 0x4E47;
    uint256 internal constant TLS = 0x715;
    uint256 internal constant TLS2 = 0x716;
    uint256 internal constant P256_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    bytes32 internal constant SALT = keccak256("salt");
    address internal constant ADMIN = address(0xAD);
    address internal constant OPERATOR = address(0x0B);
    uint64 internal constant YEAR = uint64(NOW + 365 days);
    bytes32 internal constant BY_OPERATOR = 0;

    InstitutionRegistry internal registry;
    bytes32 internal id;
    bytes32 internal root;

    function setUp() public override {
        super.setUp();
        registry = InstitutionRegistry(deploy("InstitutionRegistry", abi.encode(ADMIN, OPERATOR)));
        id = enter(COLD, 1);
        root = enter(ROOT_ACCREDITOR, 9);
        vm.prank(ADMIN);
        registry.appointAccreditor(root, YEAR);
    }

    function soon() internal view returns (uint64) {
        return uint64(time() + 1 hours);
    }

    function sign(uint256 key, bytes32 act) internal view returns (bytes memory) {
        return signFor(key, address(registry), act);
    }

    function itemAct(InstitutionItem memory item) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "RegisterInstitution(bytes32 id,address recoveryKey,uint8 kind,bytes2 jurisdiction,bytes32 sealingKey,string name,uint64 deadline)"
                ),
                keccak256(abi.encode(keccak256("wrappy institution v1"), item.coldKey, item.salt)),
                item.recoveryKey,
                item.kind,
                item.jurisdiction,
                item.sealingKey,
                keccak256(bytes(item.name)),
                item.deadline
            )
        );
    }

    function institution(uint256 key, uint8 kind) internal view returns (InstitutionItem memory item) {
        item = InstitutionItem(
            vm.addr(key), SALT, vm.addr(RECOVERY), kind, "CH", keccak256("x25519"), "Kantonsspital", soon(), ""
        );
        item.signature = sign(key, itemAct(item));
    }

    function enter(uint256 key, uint8 kind) internal returns (bytes32) {
        InstitutionItem memory item = institution(key, kind);
        registry.register(item);
        return registry.idOf(item.coldKey, item.salt);
    }

    function tls(uint256 key) internal pure returns (bytes32 x, bytes32 y, bytes32 hash) {
        (uint256 px, uint256 py) = vm.publicKeyP256(key);
        (x, y) = (bytes32(px), bytes32(py));
        hash = sha256(
            abi.encodePacked(hex"3059301306072a8648ce3d020106082a8648ce3d03010703420004", x, y)
        );
    }

    function tlsHash(uint256 key) internal pure returns (bytes32 hash) {
        (,, hash) = tls(key);
    }

    function possession(uint256 key, uint256 chain, address target, bytes32 of_, bytes32 hash)
        internal
        pure
        returns (bytes32 r, bytes32 s)
    {
        bytes memory message = abi.encode(keccak256("wrappy tls possession v1"), chain, target, of_, hash);
        (r, s) = vm.signP256(key, sha256(message));
        if (uint256(s) > P256_N / 2) s = bytes32(P256_N - uint256(s));
    }

    function tlsItem(uint256 cold, bytes32 of_, uint256 key, bytes32 replaces, uint64 until)
        internal
        view
        returns (TlsKeyItem memory item)
    {
        (bytes32 x, bytes32 y, bytes32 hash) = tls(key);
        item = TlsKeyItem(of_, x, y, replaces, until, registry.nonces(of_, of_), soon(), "", 0, 0);
        item.signature = sign(cold, tlsAct(item, hash));
        (item.proofR, item.proofS) = possession(key, block.chainid, address(registry), of_, hash);
    }

    function tlsAct(TlsKeyItem memory item, bytes32 hash) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "AddTlsKey(bytes32 institution,bytes32 keyHash,bytes32 replaces,uint64 replacedUntil,uint64 nonce,uint64 deadline)"
                ),
                item.institution,
                hash,
                item.replaces,
                item.replacedUntil,
                item.nonce,
                item.deadline
            )
        );
    }

    function addTls(uint256 key) internal {
        registry.addTlsKey(tlsItem(COLD, id, key, 0, 0));
    }

    function denyTls(Refusal reason, TlsKeyItem memory item) internal {
        refuse(reason);
        registry.addTlsKey(item);
    }

    function isValid(uint256 key, bool want) internal view {
        (,, bool valid) = registry.tlsKeyOf(tlsHash(key));
        isTrue(valid == want, "valid");
    }

    function attestItem(uint256 key, bytes32 by, bytes32 of_, uint64 expires)
        internal
        view
        returns (AttestItem memory item)
    {
        item = AttestItem(by, of_, expires, registry.nonces(by, of_), soon(), "");
        item.signature = sign(key, attestAct(item));
    }

    function attestAct(AttestItem memory item) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "Attest(bytes32 accreditor,bytes32 institution,uint64 expires,uint64 nonce,uint64 deadline)"
                ),
                item.accreditor,
                item.institution,
                item.expires,
                item.nonce,
                item.deadline
            )
        );
    }

    function attest(uint256 key, bytes32 by, bytes32 of_, uint64 expires) internal {
        registry.attest(attestItem(key, by, of_, expires));
    }

    function denyAttest(Refusal reason, AttestItem memory item) internal {
        refuse(reason);
        registry.attest(item);
    }

    /// An act of two ids: WithdrawAttestation, Suspend, LiftSuspension.
    function pairAct(string memory types, bytes32 by, bytes32 of_) internal view returns (bytes32) {
        return keccak256(abi.encode(keccak256(bytes(types)), by, of_, registry.nonces(by, of_), soon()));
    }

    string internal constant WITHDRAW =
        "WithdrawAttestation(bytes32 accreditor,bytes32 institution,uint64 nonce,uint64 deadline)";
    string internal constant SUSPEND = "Suspend(bytes32 by,bytes32 institution,uint64 nonce,uint64 deadline)";
    string internal constant LIFT = "LiftSuspension(bytes32 by,bytes32 institution,uint64 nonce,uint64 deadline)";

    function withdraw(uint256 key, bytes32 by, bytes32 of_) internal {
        registry.withdrawAttestation(by, of_, registry.nonces(by, of_), soon(), sign(key, pairAct(WITHDRAW, by, of_)));
    }

    function suspend(uint256 key, bytes32 by, bytes32 of_) internal {
        registry.suspend(by, of_, registry.nonces(by, of_), soon(), sign(key, pairAct(SUSPEND, by, of_)));
    }

    function lift(uint256 key, bytes32 by, bytes32 of_) internal {
        registry.lift(by, of_, registry.nonces(by, of_), soon(), sign(key, pairAct(LIFT, by, of_)));
    }

    function denySuspend(Refusal reason, uint256 key, bytes32 by, bytes32 of_) internal {
        bytes memory signature = sign(key, pairAct(SUSPEND, by, of_));
        uint64 nonce = registry.nonces(by, of_);
        uint64 deadline = soon();
        refuse(reason);
        registry.suspend(by, of_, nonce, deadline, signature);
    }

    function denyLift(Refusal reason, uint256 key, bytes32 by, bytes32 of_) internal {
        bytes memory signature = sign(key, pairAct(LIFT, by, of_));
        uint64 nonce = registry.nonces(by, of_);
        uint64 deadline = soon();
        refuse(reason);
        registry.lift(by, of_, nonce, deadline, signature);
    }

    /// An act of an institution on itself with one address: RotateColdKey, ChangeRecoveryKey.
    function keyAct(string memory types, address key, uint64 nonce) internal view returns (bytes32) {
        return keccak256(abi.encode(keccak256(bytes(types)), id, key, nonce, soon()));
    }

    string internal constant ROTATE =
        "RotateColdKey(bytes32 institution,address newColdKey,uint64 nonce,uint64 deadline)";
    string internal constant CHANGE_RECOVERY =
        "ChangeRecoveryKey(bytes32 institution,address newRecoveryKey,uint64 nonce,uint64 deadline)";

    function rotate(uint256 key, address to) internal {
        uint64 nonce = registry.nonces(id, id);
        registry.rotateColdKey(id, to, nonce, soon(), sign(key, keyAct(ROTATE, to, nonce)));
    }

    function signRecover(uint256 key, address cold, address recovery, uint64 nonce)
        internal
        view
        returns (bytes memory)
    {
        bytes32 types = keccak256(
            "RecoverColdKey(bytes32 institution,address newColdKey,address newRecoveryKey,uint64 nonce,uint64 deadline)"
        );
        return sign(key, keccak256(abi.encode(types, id, cold, recovery, nonce, soon())));
    }

    function recover() internal {
        registry.recoverColdKey(
            id, vm.addr(NEXT), address(0x5EC), 0, soon(), signRecover(RECOVERY, vm.addr(NEXT), address(0x5EC), 0)
        );
    }

    function coldIs(address want) internal view {
        same(registry.institutionOf(id).coldKey, want, "cold key");
    }

    // registration

    function test_register() public view {
        InstitutionState memory state = registry.institutionOf(id);
        same(state.coldKey, vm.addr(COLD), "cold key");
        same(state.recoveryKey, vm.addr(RECOVERY), "recovery key");
        same(state.kind, 1, "kind");
        same(bytes32(state.jurisdiction), bytes32("CH"), "jurisdiction");
        same(state.sealingKey, keccak256("x25519"), "sealing key");
        same(keccak256(bytes(state.name)), keccak256("Kantonsspital"), "name");
        isFalse(state.suspended || state.attested || state.trusted, "nothing by itself");
        same(id, keccak256(abi.encode(keccak256("wrappy institution v1"), vm.addr(COLD), SALT)), "id");
    }

    function test_register_event_has_everything() public {
        InstitutionItem memory item = institution(NEXT, 8);
        vm.expectEmit(address(registry));
        emit InstitutionRegistry.InstitutionRegistered(
            registry.idOf(item.coldKey, SALT), item.coldKey, item.recoveryKey, 8, "CH", item.sealingKey, item.name
        );
        registry.register(item);
    }

    function test_register_with_the_longest_name() public {
        InstitutionItem memory item = institution(NEXT, 8);
        item.name = string(new bytes(128));
        item.signature = sign(NEXT, itemAct(item));
        registry.register(item);
    }

    function denyRegister(Refusal reason, InstitutionItem memory item) internal {
        refuse(reason);
        registry.register(item);
    }

    function test_deny_register_twice() public {
        denyRegister(Refusal.AlreadyDone, institution(COLD, 1));
    }

    function test_deny_register_by_another_key() public {
        InstitutionItem memory item = institution(NEXT, 1);
        item.signature = sign(THIEF, itemAct(item));
        denyRegister(Refusal.BadSignature, item);
    }

    function test_deny_register_past_its_deadline() public {
        InstitutionItem memory item = institution(NEXT, 1);
        vm.warp(uint256(item.deadline) + 1);
        denyRegister(Refusal.DeadlinePassed, item);
    }

    function test_deny_register_on_another_contract_or_chain() public {
        InstitutionItem memory item = institution(NEXT, 1);
        InstitutionRegistry twin = InstitutionRegistry(deploy("InstitutionRegistry", abi.encode(ADMIN, OPERATOR)));
        refuse(Refusal.BadSignature);
        twin.register(item);
        vm.chainId(block.chainid + 1);
        denyRegister(Refusal.BadSignature, item);
    }

    /// A relayer can change none of the facts that the cold key signed.
    function test_deny_register_with_changed_facts() public {
        InstitutionItem memory item = institution(NEXT, 1);
        item.name = "Kantonsspita1";
        denyRegister(Refusal.BadSignature, item);
        item = institution(NEXT, 1);
        item.kind = 9;
        denyRegister(Refusal.BadSignature, item);
        item = institution(NEXT, 1);
        item.jurisdiction = "DE";
        denyRegister(Refusal.BadSignature, item);
        item = institution(NEXT, 1);
        item.sealingKey = keccak256("thief");
        denyRegister(Refusal.BadSignature, item);
        item = institution(NEXT, 1);
        item.recoveryKey = address(0xBAD);
        denyRegister(Refusal.BadSignature, item);
        item = institution(NEXT, 1);
        item.salt = 0;
        denyRegister(Refusal.BadSignature, item);
    }

    function test_deny_register_with_values_out_of_range() public {
        denyRegister(Refusal.Malformed, institution(NEXT, 0));
        denyRegister(Refusal.Malformed, institution(NEXT, 10));
        InstitutionItem memory item = institution(NEXT, 1);
        item.name = "";
        denyRegister(Refusal.Malformed, item);
        item.name = string(new bytes(129));
        denyRegister(Refusal.Malformed, item);
        bytes2[5] memory wrong = [bytes2("ch"), "C", "C1", "[A", ""];
        for (uint256 i = 0; i < wrong.length; ++i) {
            item = institution(NEXT, 1);
            item.jurisdiction = wrong[i];
            denyRegister(Refusal.Malformed, item);
        }
    }

    function test_bad_items_in_a_register_batch() public {
        InstitutionItem[] memory items = new InstitutionItem[](5);
        for (uint256 i = 0; i < items.length; ++i) {
            items[i] = institution(0x9000 + i, 3);
        }
        items[1].signature = "short";
        items[2].kind = 255;
        items[3] = items[0];
        vm.recordLogs();
        registry.registerBatch(items);
        Log[] memory logs = vm.getRecordedLogs();
        Refusal[5] memory want =
            [Refusal.None, Refusal.BadSignature, Refusal.Malformed, Refusal.AlreadyDone, Refusal.None];
        same(logs.length, 5, "logs");
        for (uint256 i = 0; i < 5; ++i) {
            if (want[i] == Refusal.None) {
                same(logs[i].topics[0], InstitutionRegistry.InstitutionRegistered.selector, "registered");
                continue;
            }
            (uint256 index, bytes32 ref, Refusal reason) = abi.decode(logs[i].data, (uint256, bytes32, Refusal));
            same(index, i, "index");
            same(ref, registry.idOf(items[i].coldKey, SALT), "ref");
            isTrue(reason == want[i], "reason");
        }
    }

    // TLS keys

    function test_add_tls_key() public {
        vm.expectEmit(address(registry));
        emit InstitutionRegistry.TlsKeyAdded(id, tlsHash(TLS));
        addTls(TLS);
        (bytes32 of_, uint64 until, bool valid) = registry.tlsKeyOf(tlsHash(TLS));
        same(of_, id, "institution");
        isTrue(until == 0 && valid, "valid");
    }

    /// The generator as a key, encoded and hashed by OpenSSL.
    function test_tls_key_hash_is_of_the_der_key() public view {
        same(
            registry.tlsKeyHash(
                0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
                0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5
            ),
            GENERATOR_SPKI_SHA256,
            "hash"
        );
    }

    bytes32 internal constant GENERATOR_SPKI_SHA256 =
        0x5cd252fb0ce8932436faf8ccd1040981b89ee4ad6b9fe9e2a2b7e71aacb27cd3;

    function test_replace_tls_key_with_overlap() public {
        addTls(TLS);
        uint64 until = uint64(time() + 7 days);
        registry.addTlsKey(tlsItem(COLD, id, TLS2, tlsHash(TLS), until));
        isValid(TLS, true);
        isValid(TLS2, true);
        vm.warp(until - 1);
        isValid(TLS, true);
        vm.warp(until);
        isValid(TLS, false);
        isValid(TLS2, true);
    }

    function removeTls(uint256 cold, bytes32 of_, bytes32 hash, Refusal reason) internal {
        bytes32 types = keccak256("RemoveTlsKey(bytes32 institution,bytes32 keyHash,uint64 nonce,uint64 deadline)");
        uint64 nonce = registry.nonces(of_, of_);
        uint64 deadline = soon();
        bytes memory signature = sign(cold, keccak256(abi.encode(types, of_, hash, nonce, deadline)));
        if (reason != Refusal.None) refuse(reason);
        registry.removeTlsKey(of_, hash, nonce, deadline, signature);
    }

    function test_remove_tls_key_at_once_and_for_ever() public {
        addTls(TLS);
        removeTls(COLD, id, tlsHash(TLS), Refusal.None);
        isValid(TLS, false);
        denyTls(Refusal.AlreadyDone, tlsItem(COLD, id, TLS, 0, 0));
        removeTls(COLD, id, tlsHash(TLS), Refusal.AlreadyDone);
    }

    function test_deny_removing_anothers_tls_key() public {
        addTls(TLS);
        removeTls(ROOT_ACCREDITOR, root, tlsHash(TLS), Refusal.Unknown);
        removeTls(THIEF, id, tlsHash(TLS), Refusal.BadSignature);
        isValid(TLS, true);
    }

    function test_deny_tls_key_of_another_institution() public {
        addTls(TLS);
        denyTls(Refusal.AlreadyDone, tlsItem(ROOT_ACCREDITOR, root, TLS, 0, 0));
    }

    function test_deny_tls_key_proven_by_another_key() public {
        TlsKeyItem memory item = tlsItem(COLD, id, TLS, 0, 0);
        (item.proofR, item.proofS) = possession(TLS2, block.chainid, address(registry), id, tlsHash(TLS));
        denyTls(Refusal.BadSignature, item);
        isValid(TLS, false);
    }

    function test_deny_tls_proof_replayed_for_another_institution() public {
        TlsKeyItem memory seen = tlsItem(COLD, id, TLS, 0, 0);
        TlsKeyItem memory item = tlsItem(ROOT_ACCREDITOR, root, TLS, 0, 0);
        (item.proofR, item.proofS) = (seen.proofR, seen.proofS);
        denyTls(Refusal.BadSignature, item);
    }

    function test_deny_tls_proof_for_another_chain_contract_or_key() public {
        TlsKeyItem memory item = tlsItem(COLD, id, TLS, 0, 0);
        (item.proofR, item.proofS) = possession(TLS, block.chainid + 1, address(registry), id, tlsHash(TLS));
        denyTls(Refusal.BadSignature, item);
        (item.proofR, item.proofS) = possession(TLS, block.chainid, address(0xBAD), id, tlsHash(TLS));
        denyTls(Refusal.BadSignature, item);
        (item.proofR, item.proofS) = possession(TLS, block.chainid, address(registry), id, tlsHash(TLS2));
        denyTls(Refusal.BadSignature, item);
    }

    function test_deny_tls_proof_with_high_s() public {
        TlsKeyItem memory item = tlsItem(COLD, id, TLS, 0, 0);
        item.proofS = bytes32(P256_N - uint256(item.proofS));
        denyTls(Refusal.BadSignature, item);
    }

    function test_deny_tls_point_off_the_curve() public {
        TlsKeyItem memory item = tlsItem(COLD, id, TLS, 0, 0);
        item.y = bytes32(uint256(item.y) ^ 1);
        item.signature = sign(COLD, tlsAct(item, registry.tlsKeyHash(item.x, item.y)));
        denyTls(Refusal.BadSignature, item);
        (item.x, item.y, item.proofR, item.proofS) = (0, 0, 0, 0);
        item.signature = sign(COLD, tlsAct(item, registry.tlsKeyHash(item.x, item.y)));
        denyTls(Refusal.BadSignature, item);
    }

    function test_deny_tls_key_without_the_cold_key() public {
        TlsKeyItem memory item = tlsItem(THIEF, id, TLS, 0, 0);
        denyTls(Refusal.BadSignature, item);
    }

    function test_deny_tls_key_of_nobody() public {
        denyTls(Refusal.Unknown, tlsItem(COLD, keccak256("nobody"), TLS, 0, 0));
    }

    function test_deny_replacing_what_is_not_valid_or_not_ones_own() public {
        registry.addTlsKey(tlsItem(ROOT_ACCREDITOR, root, TLS, 0, 0));
        denyTls(Refusal.Unknown, tlsItem(COLD, id, TLS2, tlsHash(TLS), uint64(time() + 1)));
        denyTls(Refusal.Unknown, tlsItem(COLD, id, TLS2, keccak256("none"), uint64(time() + 1)));
        removeTls(ROOT_ACCREDITOR, root, tlsHash(TLS), Refusal.None);
        denyTls(Refusal.Unknown, tlsItem(ROOT_ACCREDITOR, root, TLS2, tlsHash(TLS), uint64(time() + 1)));
    }

    function test_deny_replacing_until_now_or_for_a_lapsed_key() public {
        addTls(TLS);
        denyTls(Refusal.BadExpiry, tlsItem(COLD, id, TLS2, tlsHash(TLS), uint64(time())));
        registry.addTlsKey(tlsItem(COLD, id, TLS2, tlsHash(TLS), uint64(time() + 1 days)));
        pass(1 days);
        denyTls(Refusal.Unknown, tlsItem(COLD, id, 0x717, tlsHash(TLS), uint64(time() + 1 days)));
    }

    function test_deny_replayed_or_late_tls_act() public {
        TlsKeyItem memory item = tlsItem(COLD, id, TLS, 0, 0);
        registry.addTlsKey(item);
        denyTls(Refusal.BadNonce, item);
        item.nonce = 1;
        denyTls(Refusal.BadSignature, item);
        item = tlsItem(COLD, id, TLS2, 0, 0);
        vm.warp(uint256(item.deadline) + 1);
        denyTls(Refusal.DeadlinePassed, item);
    }

    // sealing key

    function test_sealing_key() public {
        bytes32 types = keccak256("SetSealingKey(bytes32 institution,bytes32 sealingKey,uint64 nonce,uint64 deadline)");
        bytes32 act = keccak256(abi.encode(types, id, keccak256("new"), uint64(0), soon()));
        bytes memory good = sign(COLD, act);
        bytes memory bad = sign(THIEF, act);
        uint64 deadline = soon();
        refuse(Refusal.BadSignature);
        registry.setSealingKey(id, keccak256("new"), 0, deadline, bad);
        registry.setSealingKey(id, keccak256("new"), 0, deadline, good);
        same(registry.institutionOf(id).sealingKey, keccak256("new"), "sealing key");
        refuse(Refusal.BadNonce);
        registry.setSealingKey(id, keccak256("new"), 0, deadline, good);
    }

    // cold key

    function test_rotation_of_the_cold_key_waits() public {
        rotate(COLD, vm.addr(NEXT));
        pass(2 days - 1);
        refuse(Refusal.BadTime);
        registry.finaliseColdKey(id);
        coldIs(vm.addr(COLD));
        pass(1);
        registry.finaliseColdKey(id);
        coldIs(vm.addr(NEXT));
        refuse(Refusal.Unknown);
        registry.finaliseColdKey(id);
        denySuspend(Refusal.BadSignature, COLD, id, id);
        suspend(NEXT, id, id);
    }

    function test_change_of_the_recovery_key_waits() public {
        registry.changeRecoveryKey(id, address(7), 0, soon(), sign(COLD, keyAct(CHANGE_RECOVERY, address(7), 0)));
        refuse(Refusal.BadTime);
        registry.finaliseRecoveryKey(id);
        pass(2 days);
        registry.finaliseRecoveryKey(id);
        same(registry.institutionOf(id).recoveryKey, address(7), "recovery key");
    }

    function test_cancel_changes() public {
        bytes32 types = keccak256("CancelChanges(bytes32 institution,uint64 nonce,uint64 deadline)");
        rotate(COLD, vm.addr(NEXT));
        uint64 deadline = soon();
        registry.cancelChanges(id, 1, deadline, sign(COLD, keccak256(abi.encode(types, id, uint64(1), deadline))));
        pass(2 days);
        refuse(Refusal.Unknown);
        registry.finaliseColdKey(id);
    }

    function test_deny_rotation_by_another_key() public {
        bytes memory signature = sign(THIEF, keyAct(ROTATE, vm.addr(NEXT), 0));
        uint64 deadline = soon();
        refuse(Refusal.BadSignature);
        registry.rotateColdKey(id, vm.addr(NEXT), 0, deadline, signature);
        signature = sign(RECOVERY, keyAct(ROTATE, vm.addr(NEXT), 0));
        refuse(Refusal.BadSignature);
        registry.rotateColdKey(id, vm.addr(NEXT), 0, deadline, signature);
    }

    function test_deny_rotation_signature_as_recovery_key_change() public {
        bytes memory signature = sign(COLD, keyAct(ROTATE, vm.addr(NEXT), 0));
        uint64 deadline = soon();
        refuse(Refusal.BadSignature);
        registry.changeRecoveryKey(id, vm.addr(NEXT), 0, deadline, signature);
    }

    function test_deny_rotation_to_nothing_or_itself() public {
        uint64 deadline = soon();
        bytes memory signature = sign(COLD, keyAct(ROTATE, address(0), 0));
        refuse(Refusal.Malformed);
        registry.rotateColdKey(id, address(0), 0, deadline, signature);
        signature = sign(COLD, keyAct(ROTATE, vm.addr(COLD), 0));
        refuse(Refusal.Malformed);
        registry.rotateColdKey(id, vm.addr(COLD), 0, deadline, signature);
    }

    function test_recovery_overrides_a_thief() public {
        rotate(COLD, vm.addr(THIEF));
        registry.changeRecoveryKey(
            id, vm.addr(THIEF), 1, soon(), sign(COLD, keyAct(CHANGE_RECOVERY, vm.addr(THIEF), 1))
        );
        pass(1 days);
        vm.expectEmit(address(registry));
        emit InstitutionRegistry.Suspended(id, id);
        recover();
        isTrue(registry.suspended(id), "suspended at once");
        pass(1 days);
        refuse(Refusal.Unknown);
        registry.finaliseColdKey(id);
        refuse(Refusal.Unknown);
        registry.finaliseRecoveryKey(id);
        refuse(Refusal.BadTime);
        registry.finaliseRecovery(id);
        pass(1 days);
        registry.finaliseRecovery(id);
        coldIs(vm.addr(NEXT));
        same(registry.institutionOf(id).recoveryKey, address(0x5EC), "recovery key");
        isTrue(registry.suspended(id), "until the new key lifts it");
        denyLift(Refusal.BadSignature, COLD, id, id);
        lift(NEXT, id, id);
        isFalse(registry.suspended(id), "free");
    }

    function test_recovery_of_one_that_suspended_itself() public {
        suspend(COLD, id, id);
        recover();
        pass(2 days);
        registry.finaliseRecovery(id);
        lift(NEXT, id, id);
        isFalse(registry.suspended(id), "counted once");
    }

    function test_deny_every_act_of_the_cold_key_during_recovery() public {
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        addTls(TLS);
        recover();
        denyTls(Refusal.Frozen, tlsItem(COLD, id, TLS2, 0, 0));
        removeTls(COLD, id, tlsHash(TLS), Refusal.Frozen);
        denyLift(Refusal.Frozen, COLD, id, id);
        bytes memory signature = sign(COLD, keyAct(ROTATE, vm.addr(THIEF), 1));
        uint64 deadline = soon();
        refuse(Refusal.Frozen);
        registry.rotateColdKey(id, vm.addr(THIEF), 1, deadline, signature);
        denyAttest(Refusal.Frozen, attestItem(COLD, id, root, YEAR));
    }

    function test_deny_recovery_by_another_key() public {
        bytes memory signature = signRecover(COLD, vm.addr(NEXT), address(0), 0);
        uint64 deadline = soon();
        refuse(Refusal.BadSignature);
        registry.recoverColdKey(id, vm.addr(NEXT), address(0), 0, deadline, signature);
        isFalse(registry.suspended(id), "free");
    }

    function test_deny_replayed_late_or_empty_recovery() public {
        bytes memory signature = signRecover(RECOVERY, vm.addr(NEXT), address(0), 0);
        uint64 deadline = soon();
        registry.recoverColdKey(id, vm.addr(NEXT), address(0), 0, deadline, signature);
        refuse(Refusal.BadNonce);
        registry.recoverColdKey(id, vm.addr(NEXT), address(0), 0, deadline, signature);
        signature = signRecover(RECOVERY, address(0), address(0), 1);
        refuse(Refusal.Malformed);
        registry.recoverColdKey(id, address(0), address(0), 1, deadline, signature);
        vm.warp(uint256(deadline) + 1);
        refuse(Refusal.DeadlinePassed);
        registry.recoverColdKey(id, vm.addr(NEXT), address(0), 1, deadline, signature);
    }

    function test_deny_recovery_where_there_is_none() public {
        InstitutionItem memory item = institution(NEXT, 1);
        item.recoveryKey = address(0);
        item.signature = sign(NEXT, itemAct(item));
        registry.register(item);
        id = registry.idOf(item.coldKey, SALT);
        uint64 deadline = soon();
        refuse(Refusal.Unknown);
        registry.recoverColdKey(id, vm.addr(NEXT), address(0), 0, deadline, new bytes(65));
    }

    // attestations

    function test_attest() public {
        vm.expectEmit(address(registry));
        emit InstitutionRegistry.Attested(root, id, YEAR);
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        isTrue(registry.attested(id), "attested");
        (bytes32[] memory by, uint64[] memory until) = registry.attestationsOf(id);
        isTrue(by.length == 1 && by[0] == root && until[0] == YEAR, "list");
    }

    function test_attest_through_another_accreditor() public {
        bytes32 middle = enter(0xACC1, 9);
        attest(ROOT_ACCREDITOR, root, middle, YEAR);
        isTrue(registry.trusted(middle), "trusted");
        attest(0xACC1, middle, id, YEAR);
        isTrue(registry.attested(id), "attested");
        vm.prank(OPERATOR);
        registry.operatorSuspend(root);
        isFalse(registry.attested(id) || registry.trusted(middle), "lapses along the chain");
    }

    function test_attestations_reach_three_deep() public {
        bytes32 by = root;
        uint256 key = ROOT_ACCREDITOR;
        for (uint256 i = 1; i <= 2; ++i) {
            bytes32 next = enter(0xACC0 + i, 9);
            attest(key, by, next, YEAR);
            (by, key) = (next, 0xACC0 + i);
        }
        attest(key, by, id, YEAR);
        isTrue(registry.attested(id), "three");
        bytes32 third = enter(0xACC3, 9);
        attest(key, by, third, YEAR);
        bytes32 fourth = enter(NEXT, 1);
        isFalse(registry.trusted(third), "a fourth would follow");
        denyAttest(Refusal.NotAllowed, attestItem(0xACC3, third, fourth, YEAR));
    }

    /// Accreditors that vouch for each other are trusted by nobody else's word.
    function test_deny_a_circle() public {
        bytes32 one = enter(0xACC1, 9);
        bytes32 two = enter(0xACC2, 9);
        attest(ROOT_ACCREDITOR, root, one, YEAR);
        attest(0xACC1, one, two, YEAR);
        attest(0xACC2, two, one, YEAR);
        attest(0xACC2, two, id, YEAR);
        withdraw(ROOT_ACCREDITOR, root, one);
        isFalse(registry.trusted(one) || registry.trusted(two) || registry.attested(id), "a circle");
    }

    function test_attestation_lapses_by_itself() public {
        attest(ROOT_ACCREDITOR, root, id, uint64(time() + 1 days));
        pass(1 days - 1);
        isTrue(registry.attested(id), "until then");
        pass(1);
        isFalse(registry.attested(id), "lapsed");
    }

    function test_attestation_lapses_with_its_accreditors_appointment() public {
        attest(ROOT_ACCREDITOR, root, id, YEAR + 1 days);
        vm.warp(YEAR - 1);
        isTrue(registry.attested(id), "until then");
        vm.warp(YEAR);
        isFalse(registry.attested(id), "lapsed");
    }

    function test_attestation_lapses_with_its_accreditors_dismissal() public {
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        vm.prank(ADMIN);
        registry.dismissAccreditor(root);
        isFalse(registry.attested(id), "lapsed");
    }

    function test_attestation_lapses_while_its_accreditor_is_suspended() public {
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        vm.prank(OPERATOR);
        registry.operatorSuspend(root);
        isFalse(registry.attested(id), "lapsed");
        vm.prank(OPERATOR);
        registry.operatorLift(root);
        isTrue(registry.attested(id), "back");
        suspend(ROOT_ACCREDITOR, root, root);
        isFalse(registry.attested(id), "by itself");
    }

    function test_withdraw_attestation_at_once() public {
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        vm.prank(OPERATOR);
        registry.operatorSuspend(root);
        vm.expectEmit(address(registry));
        emit InstitutionRegistry.AttestationWithdrawn(root, id);
        withdraw(ROOT_ACCREDITOR, root, id);
        vm.prank(OPERATOR);
        registry.operatorLift(root);
        isFalse(registry.attested(id), "withdrawn");
    }

    function test_attest_again_moves_the_end() public {
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        attest(ROOT_ACCREDITOR, root, id, uint64(time() + 1));
        pass(1);
        isFalse(registry.attested(id), "shortened");
        (bytes32[] memory by,) = registry.attestationsOf(id);
        same(by.length, 1, "once in the list");
    }

    function test_deny_attest_by_one_that_nobody_trusts() public {
        denyAttest(Refusal.NotAllowed, attestItem(COLD, id, root, YEAR));
        bytes32 stranger = enter(0xACC1, 9);
        denyAttest(Refusal.NotAllowed, attestItem(0xACC1, stranger, id, YEAR));
        vm.prank(OPERATOR);
        registry.operatorSuspend(root);
        denyAttest(Refusal.NotAllowed, attestItem(ROOT_ACCREDITOR, root, id, YEAR));
    }

    /// An attestation does not make an accreditor of a hospital.
    function test_deny_attest_by_an_attested_hospital() public {
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        bytes32 other = enter(NEXT, 1);
        denyAttest(Refusal.NotAllowed, attestItem(COLD, id, other, YEAR));
    }

    function test_deny_attest_of_itself_of_nobody_and_into_the_past() public {
        denyAttest(Refusal.NotAllowed, attestItem(ROOT_ACCREDITOR, root, root, YEAR));
        denyAttest(Refusal.Unknown, attestItem(ROOT_ACCREDITOR, root, keccak256("nobody"), YEAR));
        denyAttest(Refusal.BadExpiry, attestItem(ROOT_ACCREDITOR, root, id, uint64(time())));
    }

    function test_deny_attest_by_another_key() public {
        denyAttest(Refusal.BadSignature, attestItem(THIEF, root, id, YEAR));
    }

    function test_deny_attest_for_another_institution_or_longer() public {
        bytes32 other = enter(NEXT, 1);
        AttestItem memory item = attestItem(ROOT_ACCREDITOR, root, id, YEAR);
        item.institution = other;
        denyAttest(Refusal.BadSignature, item);
        item = attestItem(ROOT_ACCREDITOR, root, id, YEAR);
        item.expires += 1;
        denyAttest(Refusal.BadSignature, item);
    }

    /// A withdrawn attestation cannot be brought back by showing it again.
    function test_deny_replayed_attest() public {
        AttestItem memory item = attestItem(ROOT_ACCREDITOR, root, id, YEAR);
        registry.attest(item);
        withdraw(ROOT_ACCREDITOR, root, id);
        denyAttest(Refusal.BadNonce, item);
        item.nonce = 2;
        denyAttest(Refusal.BadSignature, item);
        isFalse(registry.attested(id), "withdrawn");
    }

    function test_deny_attest_past_its_deadline() public {
        AttestItem memory item = attestItem(ROOT_ACCREDITOR, root, id, YEAR);
        vm.warp(uint256(item.deadline) + 1);
        denyAttest(Refusal.DeadlinePassed, item);
    }

    function test_deny_withdrawing_what_is_not_there_or_anothers() public {
        uint64 deadline = soon();
        bytes memory signature = sign(ROOT_ACCREDITOR, pairAct(WITHDRAW, root, id));
        refuse(Refusal.Unknown);
        registry.withdrawAttestation(root, id, 0, deadline, signature);
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        signature = sign(COLD, pairAct(WITHDRAW, root, id));
        refuse(Refusal.BadSignature);
        registry.withdrawAttestation(root, id, 1, deadline, signature);
    }

    function test_bad_items_in_an_attest_batch() public {
        bytes32[] memory ids = new bytes32[](4);
        AttestItem[] memory items = new AttestItem[](4);
        for (uint256 i = 0; i < 4; ++i) {
            ids[i] = enter(0x9000 + i, 2);
            items[i] = attestItem(ROOT_ACCREDITOR, root, ids[i], YEAR);
        }
        items[1].signature = "";
        items[2].expires = 1;
        vm.recordLogs();
        registry.attestBatch(items);
        Log[] memory logs = vm.getRecordedLogs();
        same(logs.length, 4, "logs");
        same(logs[1].topics[0], TypedActs.ItemRefused.selector, "refused");
        (uint256 index, bytes32 ref, Refusal reason) = abi.decode(logs[1].data, (uint256, bytes32, Refusal));
        isTrue(index == 1 && ref == ids[1] && reason == Refusal.BadSignature, "which and why");
        isTrue(registry.attested(ids[0]) && registry.attested(ids[3]), "the good ones");
        isFalse(registry.attested(ids[1]) || registry.attested(ids[2]), "the bad ones");
        same(registry.nonces(root, ids[1]), 0, "a refused act uses no nonce");
    }

    function test_room_for_attestations() public {
        for (uint256 i = 0; i < 8; ++i) {
            bytes32 by = enter(0xACC1 + i, 9);
            attest(ROOT_ACCREDITOR, root, by, YEAR);
            attest(0xACC1 + i, by, id, i == 3 ? uint64(time() + 1 days) : YEAR);
        }
        denyAttest(Refusal.NotAllowed, attestItem(ROOT_ACCREDITOR, root, id, YEAR));
        pass(1 days);
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        (bytes32[] memory list,) = registry.attestationsOf(id);
        same(list.length, 8, "an expired one made room");
        same(list[3], root, "in its place");
    }

    // appointments

    function test_deny_appointing() public {
        bytes32 role = registry.DEFAULT_ADMIN_ROLE();
        unauthorised(OPERATOR, role);
        vm.prank(OPERATOR);
        registry.appointAccreditor(root, YEAR);
        unauthorised(OPERATOR, role);
        vm.prank(OPERATOR);
        registry.dismissAccreditor(root);
        vm.prank(ADMIN);
        refuse(Refusal.NotAllowed);
        registry.appointAccreditor(id, YEAR);
        vm.prank(ADMIN);
        refuse(Refusal.NotAllowed);
        registry.appointAccreditor(keccak256("nobody"), YEAR);
        vm.prank(ADMIN);
        refuse(Refusal.BadExpiry);
        registry.appointAccreditor(root, uint64(NOW));
        vm.prank(ADMIN);
        refuse(Refusal.Unknown);
        registry.dismissAccreditor(id);
    }

    // suspension

    function test_suspensions_are_lifted_by_whoever_set_them() public {
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        suspend(COLD, id, id);
        suspend(ROOT_ACCREDITOR, root, id);
        vm.prank(OPERATOR);
        registry.operatorSuspend(id);
        isTrue(registry.suspendedBy(id, id) && registry.suspendedBy(id, root), "by both");
        isTrue(registry.suspendedBy(id, BY_OPERATOR), "and the operator");
        lift(COLD, id, id);
        isTrue(registry.suspended(id), "two left");
        vm.prank(OPERATOR);
        registry.operatorLift(id);
        isTrue(registry.suspended(id), "one left");
        lift(ROOT_ACCREDITOR, root, id);
        isFalse(registry.suspended(id), "free");
    }

    function test_a_suspension_outlives_its_attestation() public {
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        suspend(ROOT_ACCREDITOR, root, id);
        withdraw(ROOT_ACCREDITOR, root, id);
        isTrue(registry.suspended(id), "stands");
        lift(ROOT_ACCREDITOR, root, id);
        isFalse(registry.suspended(id), "lifted");
    }

    function test_deny_lifting_anothers_suspension() public {
        vm.prank(OPERATOR);
        registry.operatorSuspend(id);
        denyLift(Refusal.Unknown, COLD, id, id);
        denyLift(Refusal.Unknown, ROOT_ACCREDITOR, root, id);
        denyLift(Refusal.Unknown, COLD, BY_OPERATOR, id);
        isTrue(registry.suspended(id), "stands");
    }

    function test_deny_lifting_by_a_suspended_accreditor() public {
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        suspend(ROOT_ACCREDITOR, root, id);
        vm.prank(OPERATOR);
        registry.operatorSuspend(root);
        denyLift(Refusal.NotAllowed, ROOT_ACCREDITOR, root, id);
        isTrue(registry.suspended(id), "stands");
    }

    function test_deny_suspending_without_an_attestation() public {
        denySuspend(Refusal.NotAllowed, ROOT_ACCREDITOR, root, id);
        denySuspend(Refusal.NotAllowed, COLD, id, root);
        attest(ROOT_ACCREDITOR, root, id, uint64(time() + 1 days));
        pass(1 days);
        denySuspend(Refusal.NotAllowed, ROOT_ACCREDITOR, root, id);
        isFalse(registry.suspended(id), "free");
    }

    function test_deny_suspending_as_another() public {
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        denySuspend(Refusal.BadSignature, THIEF, root, id);
        denySuspend(Refusal.BadSignature, THIEF, id, id);
        denySuspend(Refusal.Unknown, THIEF, BY_OPERATOR, id);
    }

    function test_deny_suspending_twice() public {
        suspend(COLD, id, id);
        denySuspend(Refusal.AlreadyDone, COLD, id, id);
        vm.prank(OPERATOR);
        registry.operatorSuspend(id);
        vm.prank(OPERATOR);
        refuse(Refusal.AlreadyDone);
        registry.operatorSuspend(id);
    }

    function test_deny_operator_acts_by_others() public {
        bytes32 role = registry.OPERATOR_ROLE();
        unauthorised(ADMIN, role);
        vm.prank(ADMIN);
        registry.operatorSuspend(id);
        unauthorised(ADMIN, role);
        vm.prank(ADMIN);
        registry.operatorLift(id);
        vm.prank(OPERATOR);
        refuse(Refusal.Unknown);
        registry.operatorSuspend(keccak256("nobody"));
        vm.prank(OPERATOR);
        refuse(Refusal.Unknown);
        registry.operatorLift(id);
    }

    function test_deny_replayed_lift() public {
        suspend(COLD, id, id);
        uint64 deadline = soon();
        bytes memory signature = sign(COLD, pairAct(LIFT, id, id));
        registry.lift(id, id, 1, deadline, signature);
        suspend(COLD, id, id);
        refuse(Refusal.BadNonce);
        registry.lift(id, id, 1, deadline, signature);
        isTrue(registry.suspended(id), "stands");
    }

    // fuzz

    function testFuzz_possession(uint256 key, uint256 claimed) public {
        key = 1 + key % (P256_N - 1);
        claimed = 1 + claimed % (P256_N - 1);
        vm.assume(key != claimed && key != P256_N - claimed);
        TlsKeyItem memory item = tlsItem(COLD, id, claimed, 0, 0);
        (bytes32 r, bytes32 s) = (item.proofR, item.proofS);
        (item.proofR, item.proofS) = possession(key, block.chainid, address(registry), id, tlsHash(claimed));
        denyTls(Refusal.BadSignature, item);
        (item.proofR, item.proofS) = (r, s);
        registry.addTlsKey(item);
        isValid(claimed, true);
    }

    function testFuzz_no_register_batch_reverts(InstitutionItem[] memory items) public {
        registry.registerBatch(items);
        for (uint256 i = 0; i < items.length; ++i) {
            bytes32 of_ = registry.idOf(items[i].coldKey, items[i].salt);
            same(registry.institutionOf(of_).coldKey, address(0), "nothing stands");
        }
    }

    function testFuzz_no_attest_batch_reverts(AttestItem[] memory items, bool known) public {
        for (uint256 i = 0; known && i < items.length; ++i) {
            (items[i].accreditor, items[i].institution) = (root, id);
        }
        registry.attestBatch(items);
        isFalse(registry.attested(id), "nothing stands");
    }

    /// Suspended exactly while somebody's suspension stands.
    function testFuzz_suspensions(uint8[] calldata acts) public {
        attest(ROOT_ACCREDITOR, root, id, YEAR);
        bool[3] memory by;
        for (uint256 i = 0; i < acts.length; ++i) {
            uint256 who = acts[i] % 3;
            if (who == 2) {
                vm.prank(OPERATOR);
                if (by[who]) registry.operatorLift(id);
                else registry.operatorSuspend(id);
            } else {
                (uint256 key, bytes32 as_) = who == 0 ? (COLD, id) : (ROOT_ACCREDITOR, root);
                if (by[who]) lift(key, as_, id);
                else suspend(key, as_, id);
            }
            by[who] = !by[who];
            isTrue(registry.suspended(id) == (by[0] || by[1] || by[2]), "suspended");
        }
    }
}
