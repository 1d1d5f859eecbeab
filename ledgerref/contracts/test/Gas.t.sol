// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base} from "./Base.sol";
import {ConsentLedger, GrantItem, WithdrawItem} from "../src/ConsentLedger.sol";
import {IdentityItem, KeyRegistry} from "../src/KeyRegistry.sol";

/// Ceilings, a little above what was measured, on what a whole transaction costs.
contract GasTest is Base {
    uint256 internal constant KEY = 0xA11CE;
    uint64 internal constant EXPIRY = uint64(NOW / 1 days + 30) * 1 days;

    ConsentLedger internal ledger;
    KeyRegistry internal registry;

    event Measured(string what, uint256 gas);

    function setUp() public override {
        super.setUp();
        ledger = ConsentLedger(deploy("ConsentLedger", abi.encode(address(1), address(2))));
        registry = KeyRegistry(deploy("KeyRegistry", ""));
    }

    /// The gas of a transaction: what runs, and its base and calldata by EIP-2028 and EIP-7623.
    function cost(string memory what, address target, bytes memory data) internal returns (uint256 total) {
        vm.cool(target);
        isTrue(target.code.length != 0, what); // a transaction's own target is warm
        uint256 before = gasleft();
        (bool ok,) = target.call(data);
        total = before - gasleft();
        isTrue(ok, what);
        uint256 tokens = 0;
        for (uint256 i = 0; i < data.length; ++i) {
            tokens += data[i] == 0 ? 1 : 4;
        }
        total += 21000 + 4 * tokens;
        if (total < 21000 + 10 * tokens) total = 21000 + 10 * tokens;
        emit Measured(what, total);
    }

    function grantItem(uint256 i) internal view returns (GrantItem memory) {
        bytes32 id = keccak256(abi.encode("id", i));
        bytes32 act = keccak256(
            abi.encode(keccak256("Grant(bytes32 id,uint64 expiry,uint64 deadline)"), id, EXPIRY, DEADLINE)
        );
        return GrantItem(vm.addr(KEY + i), id, EXPIRY, DEADLINE, signFor(KEY + i, address(ledger), act));
    }

    function withdrawItem(uint256 i) internal view returns (WithdrawItem memory) {
        bytes32 id = keccak256(abi.encode("id", i));
        bytes32 act = keccak256(abi.encode(keccak256("Withdraw(bytes32 id)"), id));
        return WithdrawItem(vm.addr(KEY + i), id, signFor(KEY + i, address(ledger), act));
    }

    function grantItems(uint256 count) internal view returns (GrantItem[] memory items) {
        items = new GrantItem[](count);
        for (uint256 i = 0; i < count; ++i) {
            items[i] = grantItem(i);
        }
    }

    function test_grant_alone() public {
        GrantItem memory item = grantItem(0);
        uint256 gas = cost(
            "grant",
            address(ledger),
            abi.encodeCall(ledger.grant, (item.key, item.id, item.expiry, item.deadline, item.signature))
        );
        isTrue(gas < 56_000, "a grant alone");
    }

    function test_grants_by_the_hundred() public {
        uint256 gas = cost("100 grants", address(ledger), abi.encodeCall(ledger.grantBatch, (grantItems(100)))) / 100;
        isTrue(gas < 34_000, "a grant in a batch of 100");
    }

    /// A transaction holds at most 2^24 gas (EIP-7825) and, in common pools, 128 KiB.
    function test_a_batch_of_400_fits_a_transaction() public {
        bytes memory data = abi.encodeCall(ledger.grantBatch, (grantItems(400)));
        isTrue(data.length < 128 * 1024 - 512, "size");
        isTrue(cost("400 grants", address(ledger), data) < 1 << 24, "gas");
    }

    function test_withdrawals_by_the_hundred() public {
        ledger.grantBatch(grantItems(100));
        WithdrawItem[] memory items = new WithdrawItem[](100);
        for (uint256 i = 0; i < items.length; ++i) {
            items[i] = withdrawItem(i);
        }
        uint256 gas = cost("100 withdrawals", address(ledger), abi.encodeCall(ledger.withdrawBatch, (items))) / 100;
        isTrue(gas < 16_000, "a withdrawal in a batch of 100");
    }

    function test_withdrawal_alone() public {
        ledger.grantBatch(grantItems(1));
        WithdrawItem memory item = withdrawItem(0);
        uint256 gas = cost(
            "withdrawal", address(ledger), abi.encodeCall(ledger.withdraw, (item.key, item.id, item.signature))
        );
        isTrue(gas < 38_000, "a withdrawal alone");
    }

    function test_registrations_by_the_hundred() public {
        IdentityItem[] memory items = new IdentityItem[](100);
        for (uint256 i = 0; i < items.length; ++i) {
            bytes32 hash = keccak256(abi.encode("recovery", i));
            bytes32 id = registry.idOf(vm.addr(KEY + i), hash, bytes32(i));
            bytes32 act = keccak256(abi.encode(keccak256("Register(bytes32 id,uint64 deadline)"), id, DEADLINE));
            items[i] = IdentityItem(
                vm.addr(KEY + i), hash, bytes32(i), DEADLINE, signFor(KEY + i, address(registry), act)
            );
        }
        uint256 gas =
            cost("100 registrations", address(registry), abi.encodeCall(registry.registerBatch, (items))) / 100;
        isTrue(gas < 82_000, "a registration in a batch of 100");
    }
}
