// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Refusal, TypedActs} from "../src/TypedActs.sol";

struct Log {
    bytes32[] topics;
    bytes data;
    address emitter;
}

/// What the tests use of forge's cheat codes.
interface Vm {
    function addr(uint256 key) external pure returns (address);
    function assume(bool condition) external pure;
    function cool(address target) external;
    function chainId(uint256 id) external;
    function deployCode(string calldata artefact, bytes calldata arguments) external returns (address);
    function expectEmit(address emitter) external;
    function expectRevert(bytes calldata data) external;
    function expectRevert() external;
    function getBlockNumber() external view returns (uint256);
    function getBlockTimestamp() external view returns (uint256);
    function getRecordedLogs() external returns (Log[] memory);
    function prank(address sender) external;
    function publicKeyP256(uint256 key) external pure returns (uint256 x, uint256 y);
    function recordLogs() external;
    function roll(uint256 number) external;
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function signP256(uint256 key, bytes32 digest) external pure returns (bytes32 r, bytes32 s);
    function snapshotState() external returns (uint256);
    function revertToState(uint256 id) external returns (bool);
    function warp(uint256 time) external;
}

abstract contract Base {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant NOW = 1_800_000_000;
    uint64 internal constant DEADLINE = uint64(NOW + 1 hours);
    uint256 private constant SECP256K1_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    error Failed(string what);

    function setUp() public virtual {
        vm.warp(NOW);
        vm.roll(100);
    }

    /// Deploys what a vault deploys: the committed artefact of a contract, and not what these tests were compiled with.
    function deploy(string memory name, bytes memory arguments) internal returns (address) {
        return vm.deployCode(string.concat("artefacts/", name, ".json"), arguments);
    }

    /// The compiler takes block.timestamp and block.number for constants, whatever warp and roll do.
    function time() internal view returns (uint256) {
        return vm.getBlockTimestamp();
    }

    function height() internal view returns (uint256) {
        return vm.getBlockNumber();
    }

    /// Lets seconds pass, and blocks with them.
    function pass(uint256 delay) internal {
        vm.roll(height() + 1 + delay / 12);
        vm.warp(time() + delay);
    }

    /// The digest as EIP-712 says it, not as the code under test computes it.
    function digestFor(address target, uint256 chain, bytes32 act) internal pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Wrappy Vault"),
                keccak256("1"),
                chain,
                target
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, act));
    }

    function signFor(uint256 key, address target, uint256 chain, bytes32 act) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digestFor(target, chain, act));
        return abi.encodePacked(r, s, v);
    }

    function signFor(uint256 key, address target, bytes32 act) internal view returns (bytes memory) {
        return signFor(key, target, block.chainid, act);
    }

    /// The same signature with the other s, which ecrecover alone would take too.
    function highS(bytes memory signature) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = abi.decode(slice64(signature), (bytes32, bytes32));
        uint8 v = uint8(signature[64]) == 27 ? 28 : 27;
        return abi.encodePacked(r, SECP256K1_N - uint256(s), v);
    }

    function slice64(bytes memory data) internal pure returns (bytes memory out) {
        out = new bytes(64);
        for (uint256 i = 0; i < 64; ++i) {
            out[i] = data[i];
        }
    }

    function refuse(Refusal reason) internal {
        vm.expectRevert(abi.encodeWithSelector(TypedActs.Refused.selector, reason));
    }

    function unauthorised(address account, bytes32 role) internal {
        vm.expectRevert(
            abi.encodeWithSignature("AccessControlUnauthorizedAccount(address,bytes32)", account, role)
        );
    }

    function isTrue(bool value, string memory what) internal pure {
        if (!value) revert Failed(what);
    }

    function isFalse(bool value, string memory what) internal pure {
        isTrue(!value, what);
    }

    function same(uint256 got, uint256 want, string memory what) internal pure {
        isTrue(got == want, what);
    }

    function same(bytes32 got, bytes32 want, string memory what) internal pure {
        isTrue(got == want, what);
    }

    function same(address got, address want, string memory what) internal pure {
        isTrue(got == want, what);
    }
}
