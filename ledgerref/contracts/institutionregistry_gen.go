// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package contracts

import (
	"bytes"
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Reference imports to suppress errors if they are not otherwise used.
var (
	_ = bytes.Equal
	_ = errors.New
	_ = big.NewInt
	_ = common.Big1
	_ = types.BloomLookup
	_ = abi.ConvertType
)

// AttestItem is an auto generated low-level Go binding around an user-defined struct.
type AttestItem struct {
	Accreditor  [32]byte
	Institution [32]byte
	Expires     uint64
	Nonce       uint64
	Deadline    uint64
	Signature   []byte
}

// InstitutionItem is an auto generated low-level Go binding around an user-defined struct.
type InstitutionItem struct {
	ColdKey      common.Address
	Salt         [32]byte
	RecoveryKey  common.Address
	Kind         uint8
	Jurisdiction [2]byte
	SealingKey   [32]byte
	Name         string
	Deadline     uint64
	Signature    []byte
}

// InstitutionState is an auto generated low-level Go binding around an user-defined struct.
type InstitutionState struct {
	ColdKey                common.Address
	RecoveryKey            common.Address
	Kind                   uint8
	Jurisdiction           [2]byte
	SealingKey             [32]byte
	Name                   string
	Suspended              bool
	Attested               bool
	Trusted                bool
	AccreditorUntil        uint64
	RecoveryNonce          uint64
	NextColdKey            common.Address
	NextColdKeyReadyAt     uint64
	NextRecoveryKey        common.Address
	NextRecoveryKeyReadyAt uint64
	RecoveredColdKey       common.Address
	RecoveredRecoveryKey   common.Address
	RecoveryReadyAt        uint64
}

// TlsKeyItem is an auto generated low-level Go binding around an user-defined struct.
type TlsKeyItem struct {
	Institution   [32]byte
	X             [32]byte
	Y             [32]byte
	Replaces      [32]byte
	ReplacedUntil uint64
	Nonce         uint64
	Deadline      uint64
	Signature     []byte
	ProofR        [32]byte
	ProofS        [32]byte
}

// InstitutionRegistryMetaData contains all meta data concerning the InstitutionRegistry contract.
var InstitutionRegistryMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"admin\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"AccessControlBadConfirmation\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"neededRole\",\"type\":\"bytes32\"}],\"name\":\"AccessControlUnauthorizedAccount\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidShortString\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"enumRefusal\",\"name\":\"reason\",\"type\":\"uint8\"}],\"name\":\"Refused\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"str\",\"type\":\"string\"}],\"name\":\"StringTooLong\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"expires\",\"type\":\"uint64\"}],\"name\":\"AccreditorAppointed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"AccreditorDismissed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"accreditor\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"AttestationWithdrawn\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"accreditor\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"expires\",\"type\":\"uint64\"}],\"name\":\"Attested\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"ChangesCancelled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"coldKey\",\"type\":\"address\"}],\"name\":\"ColdKeyChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"ColdKeyRecovered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"newColdKey\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"newRecoveryKey\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"ColdKeyRecoveryStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"newColdKey\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"ColdKeyRotationStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"EIP712DomainChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"coldKey\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"recoveryKey\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"indexed\":false,\"internalType\":\"bytes2\",\"name\":\"jurisdiction\",\"type\":\"bytes2\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"sealingKey\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"}],\"name\":\"InstitutionRegistered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"enumRefusal\",\"name\":\"reason\",\"type\":\"uint8\"}],\"name\":\"ItemRefused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"newRecoveryKey\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"RecoveryKeyChangeStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"recoveryKey\",\"type\":\"address\"}],\"name\":\"RecoveryKeyChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"previousAdminRole\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"newAdminRole\",\"type\":\"bytes32\"}],\"name\":\"RoleAdminChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"sender\",\"type\":\"address\"}],\"name\":\"RoleGranted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"sender\",\"type\":\"address\"}],\"name\":\"RoleRevoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"sealingKey\",\"type\":\"bytes32\"}],\"name\":\"SealingKeyChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"by\",\"type\":\"bytes32\"}],\"name\":\"Suspended\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"by\",\"type\":\"bytes32\"}],\"name\":\"SuspensionLifted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"keyHash\",\"type\":\"bytes32\"}],\"name\":\"TlsKeyAdded\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"keyHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"}],\"name\":\"TlsKeyEnding\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"keyHash\",\"type\":\"bytes32\"}],\"name\":\"TlsKeyRemoved\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"ACCREDITOR\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"DEFAULT_ADMIN_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"DELAY\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_ATTESTATIONS\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_DEPTH\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_NAME\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"OPERATOR\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"OPERATOR_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"replaces\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"replacedUntil\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"proofR\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"proofS\",\"type\":\"bytes32\"}],\"internalType\":\"structTlsKeyItem\",\"name\":\"item\",\"type\":\"tuple\"}],\"name\":\"addTlsKey\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"expires\",\"type\":\"uint64\"}],\"name\":\"appointAccreditor\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"accreditor\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"expires\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structAttestItem\",\"name\":\"item\",\"type\":\"tuple\"}],\"name\":\"attest\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"accreditor\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"expires\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structAttestItem[]\",\"name\":\"items\",\"type\":\"tuple[]\"}],\"name\":\"attestBatch\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"attestationsOf\",\"outputs\":[{\"internalType\":\"bytes32[]\",\"name\":\"accreditors\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint64[]\",\"name\":\"expires\",\"type\":\"uint64[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"attested\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"cancelChanges\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"newRecoveryKey\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"changeRecoveryKey\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"dismissAccreditor\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"domainSeparator\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"finaliseColdKey\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"finaliseRecovery\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"finaliseRecoveryKey\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"name\":\"getRoleAdmin\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"grantRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"hasRole\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"coldKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"name\":\"idOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"institutionOf\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"coldKey\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"recoveryKey\",\"type\":\"address\"},{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes2\",\"name\":\"jurisdiction\",\"type\":\"bytes2\"},{\"internalType\":\"bytes32\",\"name\":\"sealingKey\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"bool\",\"name\":\"suspended\",\"type\":\"bool\"},{\"internalType\":\"bool\",\"name\":\"attested\",\"type\":\"bool\"},{\"internalType\":\"bool\",\"name\":\"trusted\",\"type\":\"bool\"},{\"internalType\":\"uint64\",\"name\":\"accreditorUntil\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"recoveryNonce\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"nextColdKey\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nextColdKeyReadyAt\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"nextRecoveryKey\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nextRecoveryKeyReadyAt\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"recoveredColdKey\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"recoveredRecoveryKey\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"recoveryReadyAt\",\"type\":\"uint64\"}],\"internalType\":\"structInstitutionState\",\"name\":\"state\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"by\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"lift\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"actor\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"target\",\"type\":\"bytes32\"}],\"name\":\"nonces\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"operatorLift\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"operatorSuspend\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keyHash\",\"type\":\"bytes32\"}],\"name\":\"possessionMessage\",\"outputs\":[{\"internalType\":\"bytes\",\"name\":\"\",\"type\":\"bytes\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"newColdKey\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"newRecoveryKey\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"recoverColdKey\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"coldKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"recoveryKey\",\"type\":\"address\"},{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes2\",\"name\":\"jurisdiction\",\"type\":\"bytes2\"},{\"internalType\":\"bytes32\",\"name\":\"sealingKey\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structInstitutionItem\",\"name\":\"item\",\"type\":\"tuple\"}],\"name\":\"register\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"coldKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"recoveryKey\",\"type\":\"address\"},{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes2\",\"name\":\"jurisdiction\",\"type\":\"bytes2\"},{\"internalType\":\"bytes32\",\"name\":\"sealingKey\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structInstitutionItem[]\",\"name\":\"items\",\"type\":\"tuple[]\"}],\"name\":\"registerBatch\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keyHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"removeTlsKey\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"callerConfirmation\",\"type\":\"address\"}],\"name\":\"renounceRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"revokeRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"newColdKey\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"rotateColdKey\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"sealingKey\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"setSealingKey\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"by\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"suspend\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"suspended\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"by\",\"type\":\"bytes32\"}],\"name\":\"suspendedBy\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"x\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"y\",\"type\":\"bytes32\"}],\"name\":\"tlsKeyHash\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"keyHash\",\"type\":\"bytes32\"}],\"name\":\"tlsKeyOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"validUntil\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"valid\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"}],\"name\":\"trusted\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"accreditor\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"institution\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"withdrawAttestation\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "InstitutionRegistry",
	Bin: "0x610160604052348015610010575f5ffd5b5060405161568e38038061568e83398101604081905261002f9161027a565b6040518060400160405280600c81526020016b15dc985c1c1e4815985d5b1d60a21b815250604051806040016040528060018152602001603160f81b81525061007d8261016c60201b60201c565b6101205261008a8161016c565b61014052815160208084019190912060e052815190820120610100524660a05261011660e05161010051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b60805250503060c0526101295f836101b2565b506001600160a01b03811615610165576101637f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b929826101b2565b505b5050610306565b5f5f829050601f8151111561019f578260405163305a27a960e01b815260040161019691906102ab565b60405180910390fd5b80516101aa826102e0565b179392505050565b5f8281526002602090815260408083206001600160a01b038516845290915281205460ff16610256575f8381526002602090815260408083206001600160a01b03861684529091529020805460ff1916600117905561020e3390565b6001600160a01b0316826001600160a01b0316847f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d60405160405180910390a4506001610259565b505f5b92915050565b80516001600160a01b0381168114610275575f5ffd5b919050565b5f5f6040838503121561028b575f5ffd5b6102948361025f565b91506102a26020840161025f565b90509250929050565b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b80516020808301519190811015610300575f198160200360031b1b821691505b50919050565b60805160a05160c05160e0516101005161012051610140516153376103575f395f61327301525f61324801525f6136e401525f6136bc01525f61361701525f61364101525f61366b01526153375ff3fe608060405234801561000f575f5ffd5b506004361061030f575f3560e01c8063896ef09a1161019d578063c07c9524116100e8578063de479a0211610093578063f5b541a61161006e578063f5b541a614610809578063f698da2514610830578063fc86b43114610838575f5ffd5b8063de479a02146107b6578063e3fd2384146107c9578063efdc82a6146107dc575f5ffd5b8063d458adb6116100c3578063d458adb614610757578063d547741f14610790578063dc9d1e0f146107a3575f5ffd5b8063c07c9524146106c5578063c5104d25146106d8578063ce9277a614610744575f5ffd5b8063a217fddf11610148578063b178dfd711610123578063b178dfd71461068c578063b27544df1461069f578063c06eae47146106b2575f5ffd5b8063a217fddf1461066a578063a27154ba14610671578063a445492714610679575f5ffd5b806394a757351161017857806394a7573514610644578063957c0ec314610657578063983d27371461066a575f5ffd5b8063896ef09a146105e65780638c9b954e146105f957806391d148541461060c575f5ffd5b806336ba8d2b1161025d578063716214ac11610208578063849408af116101e3578063849408af146105b057806384b0196e146105c3578063883c27f1146105de575f5ffd5b8063716214ac1461051f578063756bf25414610532578063780cc5381461053a575f5ffd5b806354af78861161023857806354af7886146104e2578063618c9050146104f557806369b4117014610515575f5ffd5b806336ba8d2b1461049b5780633980d045146104bc5780633fa62bdb146104cf575f5ffd5b806323dadc04116102bd5780632f2ff15d116102985780632f2ff15d1461046257806332bf254a1461047557806336568abe14610488575f5ffd5b806323dadc041461041a578063248a9ca31461042d5780632b6c05f81461044f575f5ffd5b80631d5d26bc116102ed5780631d5d26bc146103925780631f52a9de146103df5780632395f457146103f9575f5ffd5b806301ffc9a71461031357806305501e8e1461033b578063078983c114610350575b5f5ffd5b6103266103213660046145e9565b61084b565b60405190151581526020015b60405180910390f35b61034e61034936600461469f565b6108e3565b005b61032661035e366004614729565b5f9081526003602052604090205477010000000000000000000000000000000000000000000000900463ffffffff16151590565b6103c66103a0366004614740565b600860209081525f928352604080842090915290825290205467ffffffffffffffff1681565b60405167ffffffffffffffff9091168152602001610332565b6103e7600981565b60405160ff9091168152602001610332565b61040c610407366004614740565b610c4c565b604051908152602001610332565b61034e6104283660046147a1565b610cf8565b61040c61043b366004614729565b5f9081526002602052604090206001015490565b61034e61045d3660046147e0565b610e53565b61034e610470366004614817565b610e67565b61034e610483366004614729565b610e91565b61034e610496366004614817565b610f74565b6104ae6104a9366004614729565b610fc0565b604051610332929190614841565b6103266104ca366004614729565b6110fa565b61034e6104dd3660046147a1565b611106565b61034e6104f03660046148cb565b6111c3565b610508610503366004614729565b611242565b6040516103329190614931565b6103c66202a30081565b61034e61052d366004614729565b6114e7565b61040c608081565b6105a3610548366004614740565b604080517fc48dd77bed88a7c9ddc66174045f09a33903348129789a82c8f1c868b15a449460208201524681830152306060820152608081019390935260a0808401929092528051808403909201825260c090920190915290565b6040516103329190614ad9565b6103266105be366004614729565b611593565b6105cb61159f565b6040516103329796959493929190614aeb565b61040c600881565b61034e6105f4366004614b9d565b6115fd565b61034e610607366004614c07565b611761565b61032661061a366004614817565b5f9182526002602090815260408084206001600160a01b0393909316845291905290205460ff1690565b61034e610652366004614c07565b611834565b61034e610665366004614c07565b611980565b61040c5f81565b61040c600381565b61034e610687366004614729565b611a7f565b61034e61069a366004614729565b611b55565b61034e6106ad366004614729565b611cd6565b61034e6106c0366004614729565b611d67565b61034e6106d3366004614c7a565b611dd7565b61040c6106e6366004614cb2565b604080517f93033590779054bc44e81ab4db4669a3de1e85b320f7cb43ef907e178662e4d16020808301919091526001600160a01b039490941681830152606080820193909352815180820390930183526080019052805191012090565b61034e610752366004614c07565b612051565b61076a610765366004614729565b612181565b6040805193845267ffffffffffffffff9092166020840152151590820152606001610332565b61034e61079e366004614817565b6121bc565b61034e6107b1366004614cda565b6121e0565b61034e6107c4366004614c07565b61232b565b61034e6107d7366004614cda565b612423565b6103266107ea366004614740565b5f91825260076020908152604080842092845291905290205460ff1690565b61040c7f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b92981565b61040c6125a3565b61034e610846366004614d0d565b6125b1565b5f7fffffffff0000000000000000000000000000000000000000000000000000000082167f7965db0b0000000000000000000000000000000000000000000000000000000014806108dd57507f01ffc9a7000000000000000000000000000000000000000000000000000000007fffffffff000000000000000000000000000000000000000000000000000000008316145b92915050565b5f87815260036020526040902060018101546001600160a01b0316610927576006604051632f56b7fb60e21b815260040161091e9190614d94565b60405180910390fd5b6001600160a01b038716610951576007604051632f56b7fb60e21b815260040161091e9190614d94565b8367ffffffffffffffff1642111561097f576002604051632f56b7fb60e21b815260040161091e9190614d94565b600181015467ffffffffffffffff8681167401000000000000000000000000000000000000000090920416146109cb576009604051632f56b7fb60e21b815260040161091e9190614d94565b604080517f8da521756d08f06ed262ec6f1b3aa395bf35862cead1fd3b233bff4ba302f9d160208201529081018990526001600160a01b0380891660608301528716608082015267ffffffffffffffff80871660a0830152851660c08201525f9060e00160408051601f1981840301815291905280516020909101206001830154909150610a64906001600160a01b0316828686612695565b610a84576001604051632f56b7fb60e21b815260040161091e9190614d94565b6005820180546004840180547fffffffff0000000000000000000000000000000000000000ffffffffffffffff16905560068401805467ffffffffffffffff191690557fffffffff00000000000000000000000000000000000000000000000000000000169055610af6866001614dcf565b60018301805467ffffffffffffffff9290921674010000000000000000000000000000000000000000027fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff9092169190911790556006820180546001600160a01b03808b16680100000000000000009081027fffffffff0000000000000000000000000000000000000000ffffffffffffffff93841617909355600785018054918b169093029116179055610ba96126ef565b60078301805467ffffffffffffffff191667ffffffffffffffff929092169182179055604080516001600160a01b03808c1682528a1660208201529081019190915289907f0c6d9c2eea36df10dc25a64317e656c1421f63fba6557c412eadb70ad26ceca59060600160405180910390a25f89815260076020908152604080832090915290205460ff16610c4157610c41898a6126fd565b505050505050505050565b5f60026040518060400160405280601b81526020017f3059301306072a8648ce3d020106082a8648ce3d0301070342000400000000008152508484604051602001610c9993929190614e06565b60408051601f1981840301815290829052610cb391614e23565b602060405180830381855afa158015610cce573d5f5f3e3d5ffd5b5050506040513d601f19601f82011682018060405250810190610cf19190614e2e565b9392505050565b5f5b81811015610e4e575f610dbe848484818110610d1857610d18614e45565b9050602002810190610d2a9190614e72565b610d38906020810190614eae565b858585818110610d4a57610d4a614e45565b9050602002810190610d5c9190614e72565b60200135604080517f93033590779054bc44e81ab4db4669a3de1e85b320f7cb43ef907e178662e4d16020808301919091526001600160a01b039490941681830152606080820193909352815180820390930183526080019052805191012090565b90505f610dee82868686818110610dd757610dd7614e45565b9050602002810190610de99190614e72565b6127ce565b90505f81600b811115610e0357610e03614d2e565b14610e44577fb21417200183ed90908131120457faf997d861ad713b2ff15556ae1916fbfecb838383604051610e3b93929190614ec7565b60405180910390a15b5050600101610cfa565b505050565b610e64610e5f82612c11565b612eef565b50565b5f82815260026020526040902060010154610e8181612f22565b610e8b8383612f2c565b50505050565b5f8181526003602052604090206006810154610eb69067ffffffffffffffff16612ff5565b60058101805460068301805467ffffffffffffffff191690557fffffffff0000000000000000000000000000000000000000ffffffffffffffff8116909155600182018054680100000000000000009092046001600160a01b03167fffffffffffffffffffffffff00000000000000000000000000000000000000009092168217905560405181815283907f281563076e27831c7ea61d977875b6d074547e5c820aa873f6900802d3a61b0a906020015b60405180910390a2505050565b6001600160a01b0381163314610fb6576040517f6697b23200000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b610e4e8282613050565b60608060055f8481526020019081526020015f2080548060200260200160405190810160405280929190818152602001828054801561101c57602002820191905f5260205f20905b815481526020019060010190808311611008575b50505050509150815167ffffffffffffffff81111561103d5761103d614ee2565b604051908082528060200260200182016040528015611066578160200160208202803683370190505b5090505f5b82518110156110f45760065f8581526020019081526020015f205f84838151811061109857611098614e45565b602002602001015181526020019081526020015f205f9054906101000a900467ffffffffffffffff168282815181106110d3576110d3614e45565b67ffffffffffffffff9092166020928302919091019091015260010161106b565b50915091565b5f6108dd8260036130f3565b5f5b81811015610e4e575f61113d84848481811061112657611126614e45565b90506020028101906111389190614f0f565b612c11565b90505f81600b81111561115257611152614d2e565b146111ba577fb21417200183ed90908131120457faf997d861ad713b2ff15556ae1916fbfecb8285858581811061118b5761118b614e45565b905060200281019061119d9190614f0f565b60200135836040516111b193929190614ec7565b60405180910390a15b50600101611108565b610e64610e5f61123c6111d96020850185614eae565b8460200135604080517f93033590779054bc44e81ab4db4669a3de1e85b320f7cb43ef907e178662e4d16020808301919091526001600160a01b039490941681830152606080820193909352815180820390930183526080019052805191012090565b836127ce565b60408051610240810182525f808252602080830182815283850183815260608086018581526080870186815260a088019290925260c0870186905260e08701869052610100870186905261012087018690526101408701869052610160870186905261018087018690526101a087018690526101c087018690526101e08701869052610200870186905261022087018690528886526003948590529690942080546001600160a01b03808216885260018301541690935274010000000000000000000000000000000000000000830460ff16909152750100000000000000000000000000000000000000000090910460f01b7fffff0000000000000000000000000000000000000000000000000000000000001690945260028401549091528201805491929161137190614f41565b80601f016020809104026020016040519081016040528092919081815260200182805461139d90614f41565b80156113e85780601f106113bf576101008083540402835291602001916113e8565b820191905f5260205f20905b8154815290600101906020018083116113cb57829003601f168201915b505050505060a0830152805477010000000000000000000000000000000000000000000000900463ffffffff16151560c083015261142583611593565b151560e0830152611435836110fa565b1515610100830152600481015467ffffffffffffffff808216610120850152600183015474010000000000000000000000000000000000000000900481166101408501526001600160a01b0368010000000000000000928390048116610160860152600584015480831661018087015283900481166101a086015260068401548083166101c087015283900481166101e086015260079093015491820490921661020084015216610220820152919050565b7f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b92961151181612f22565b5f828152600360205260409020546001600160a01b0316611548576006604051632f56b7fb60e21b815260040161091e9190614d94565b5f82815260076020908152604080832083805290915290205460ff1615611585576004604051632f56b7fb60e21b815260040161091e9190614d94565b61158f825f6126fd565b5050565b5f6108dd826003613183565b5f6060805f5f5f60606115b0613241565b6115b861326c565b604080515f808252602082019092527f0f000000000000000000000000000000000000000000000000000000000000009b939a50919850469750309650945092509050565b604080517fadcc16d43c9eb7c9a2d2545e06d429c9716100398653e1e236bd3a929d1c9bc1602082015290810186905267ffffffffffffffff8086166060830152841660808201525f9060a00160405160208183030381529060405280519060200120905061167186878787858888613297565b5f868152600360205260409020600581015467ffffffffffffffff161580156116a65750600681015467ffffffffffffffff16155b156116c7576006604051632f56b7fb60e21b815260040161091e9190614d94565b6005810180546004830180547fffffffff0000000000000000000000000000000000000000ffffffffffffffff16905560068301805467ffffffffffffffff191690557fffffffff0000000000000000000000000000000000000000000000000000000016905560405187907ffe33b9724d73777f28c20676b206c66a766e5034b90e43314a5cbb0872482685905f90a250505050505050565b604080517f572643a1f17b5667645d6b42c8c0126c9966c30e6cfce19b00ed17b234b741f660208201529081018790526060810186905267ffffffffffffffff8086166080830152841660a08201525f9060c0016040516020818303038152906040528051906020012090506117dc87888787858888613297565b5f87815260036020526040908190206002018790555187907f6b226bf8a10a196beed55b1521ce86b4e96fb13cb6ada12d64d86285f5f412f3906118239089815260200190565b60405180910390a250505050505050565b604080517fcc9cd336689440f3e97791b8016b534d4f799c19763a49ccccfbd38a1522de2660208201529081018790526060810186905267ffffffffffffffff8086166080830152841660a08201525f9060c0016040516020818303038152906040528051906020012090506118af87888787858888613297565b5f868152600460205260409020805488146118e0576006604051632f56b7fb60e21b815260040161091e9190614d94565b600181015468010000000000000000900460ff1615611915576004604051632f56b7fb60e21b815260040161091e9190614d94565b6001810180547fffffffffffffffffffffffffffffffffffffffffffffff00ffffffffffffffff1668010000000000000000179055604051879089907f77e92d33db4e853d40a090bd76564e89a0732458b0784bbf2d26de97e9d7fb41905f90a35050505050505050565b604080517f4db7b244581c8b4c4927e42548ea4dacb4ffc431bec3f7a44fdf47c350d2c7c160208201529081018790526060810186905267ffffffffffffffff8086166080830152841660a08201525f9060c0016040516020818303038152906040528051906020012090506119fb87878787858888613297565b5f8681526006602090815260408083208a845290915281205467ffffffffffffffff169003611a40576006604051632f56b7fb60e21b815260040161091e9190614d94565b611a4a86886132f5565b604051869088907f473f72948ca64df9edf674a6f4c0d4e27a78977f48800adfbebe74cd3099a777905f90a350505050505050565b5f8181526003602052604090206005810154611aa49067ffffffffffffffff16612ff5565b60048101805460058301805467ffffffffffffffff191690557fffffffff0000000000000000000000000000000000000000ffffffffffffffff81169091558154680100000000000000009091046001600160a01b03167fffffffffffffffffffffffff00000000000000000000000000000000000000009091168117825560405181815283907fea91a57d406a6815941b08e76eb2463379a1374dc1e0924ac64fc57e5e972d0b90602001610f67565b5f8181526003602052604090206007810154611b7a9067ffffffffffffffff16612ff5565b6006810180546007830180547fffffffff0000000000000000000000000000000000000000000000000000000081169091557fffffffff0000000000000000000000000000000000000000ffffffffffffffff821690925582547fffffffffffffffffffffffff00000000000000000000000000000000000000009081166001600160a01b0368010000000000000000938490048116918217865560018601805490931693909404909316918217905560405184907f20e3d592a874c1ddf4c7b8d0626800ad9923cffcaf49c7f7d0b13c6a48b50ef7905f90a26040516001600160a01b038316815284907fea91a57d406a6815941b08e76eb2463379a1374dc1e0924ac64fc57e5e972d0b9060200160405180910390a26040516001600160a01b038216815284907f281563076e27831c7ea61d977875b6d074547e5c820aa873f6900802d3a61b0a9060200160405180910390a250505050565b5f611ce081612f22565b5f8281526003602052604081206004015467ffffffffffffffff169003611d1d576006604051632f56b7fb60e21b815260040161091e9190614d94565b5f82815260036020526040808220600401805467ffffffffffffffff191690555183917f181324e1b9bfb0f8a8f3dec8de878c32b62258cdf6e06a48d9a577c692716df791a25050565b7f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b929611d9181612f22565b5f82815260076020908152604080832083805290915290205460ff16611dcd576006604051632f56b7fb60e21b815260040161091e9190614d94565b61158f825f6133dd565b5f611dea82602001358360400135610c4c565b9050611eda823580611e0260c0860160a08701614f92565b611e1260e0870160c08801614f92565b7f29fc75ac3381c860104a1db07d7ed95d920b3fa0d0db52ff930f3bcebddf918087358760608a0135611e4b60a08c0160808d01614f92565b611e5b60c08d0160a08e01614f92565b611e6b60e08e0160c08f01614f92565b6040805160208101989098528701959095526060860193909352608085019190915267ffffffffffffffff90811660a085015290811660c08401521660e08201526101000160408051601f198184030181529190528051602090910120611ed560e0890189614fab565b613297565b5f8181526004602052604090205415611f09576004604051632f56b7fb60e21b815260040161091e9190614d94565b604080517fc48dd77bed88a7c9ddc66174045f09a33903348129789a82c8f1c868b15a4494602082015246818301523060608201528335608082015260a08082018490528251808303909101815260c0909101918290525f91600291611f6e91614e23565b602060405180830381855afa158015611f89573d5f5f3e3d5ffd5b5050506040513d601f19601f82011682018060405250810190611fac9190614e2e565b9050611fcd81846101000135856101200135866020013587604001356134aa565b611fed576001604051632f56b7fb60e21b815260040161091e9190614d94565b5f82815260046020526040808220853590819055905184927f1de36f0e3d78faf1509b4e94c854b6c8a30ef7dc8e762ab04d3671a761d4c70891a3606083013515610e4e57610e4e8335606085013561204c60a0870160808801614f92565b6134e5565b604080517f23e40849d2bf7b31c18b8a4cb971b5c8eb74518551e5e143e058211075bd7a2c60208201529081018790526060810186905267ffffffffffffffff8086166080830152841660a08201525f9060c0016040516020818303038152906040528051906020012090506120cc87878787858888613297565b85871415801561211057505f8681526006602090815260408083208a84529091529020544267ffffffffffffffff909116111580612110575061210e876110fa565b155b15612131576008604051632f56b7fb60e21b815260040161091e9190614d94565b5f8681526007602090815260408083208a845290915290205460ff161561216e576004604051632f56b7fb60e21b815260040161091e9190614d94565b61217886886126fd565b50505050505050565b5f8181526004602052604081208054600182015483928392909167ffffffffffffffff166121ae836135b5565b935093509350509193909250565b5f828152600260205260409020600101546121d681612f22565b610e8b8383613050565b604080517f56117d2c035debb880f5139893e934bc3f71a83202cccbb14e4832d8f63ba74f60208201529081018790526001600160a01b038616606082015267ffffffffffffffff8086166080830152841660a08201525f9060c00160405160208183030381529060405280519060200120905061226387888787858888613297565b5f8781526003602052604090206005810180547fffffffff0000000000000000000000000000000000000000ffffffffffffffff16680100000000000000006001600160a01b038a16021790556122b86126ef565b60068201805467ffffffffffffffff191667ffffffffffffffff929092169182179055604080516001600160a01b038a168152602081019290925289917f2dc2c2283a87abb5809fc368c97dc348bdc6b41cb94eb243a48c9372cb2ef4f491015b60405180910390a25050505050505050565b604080517f9d23bc09e385da208a9fedc4d374056d4a2579fcbb12eced39f358adfcc6021560208201529081018790526060810186905267ffffffffffffffff8086166080830152841660a08201525f9060c0016040516020818303038152906040528051906020012090506123a687878787858888613297565b5f8681526007602090815260408083208a845290915290205460ff166123e2576006604051632f56b7fb60e21b815260040161091e9190614d94565b8587141580156123f857506123f6876110fa565b155b15612419576008604051632f56b7fb60e21b815260040161091e9190614d94565b61217886886133dd565b5f8681526003602052604090206001600160a01b0386161580612452575080546001600160a01b038781169116145b15612473576007604051632f56b7fb60e21b815260040161091e9190614d94565b604080517fdd8a05300e4068dd50345008194578efde51ca29a8562afb9cec33ebb071e9d960208201529081018890526001600160a01b038716606082015267ffffffffffffffff8087166080830152851660a08201525f9060c0016040516020818303038152906040528051906020012090506124f688898888858989613297565b6004820180547fffffffff0000000000000000000000000000000000000000ffffffffffffffff16680100000000000000006001600160a01b038a160217905561253e6126ef565b60058301805467ffffffffffffffff191667ffffffffffffffff929092169182179055604080516001600160a01b038a168152602081019290925289917f495db7cb9719b8ab12e5a6c4cce3701189317632ce01bc20c3a845698787d5c29101612319565b5f6125ac61360b565b905090565b5f6125bb81612f22565b5f8381526003602052604090205474010000000000000000000000000000000000000000900460ff16600914612607576008604051632f56b7fb60e21b815260040161091e9190614d94565b428267ffffffffffffffff1611612634576003604051632f56b7fb60e21b815260040161091e9190614d94565b5f83815260036020908152604091829020600401805467ffffffffffffffff191667ffffffffffffffff8616908117909155915191825284917f9e53d80129fa70af081137f522afc012bb20be3069423cb514de0d1044a0f7659101610f67565b5f5f5f6126ab6126a487613734565b868661377b565b5090925090505f8160038111156126c4576126c4614d2e565b1480156126e25750866001600160a01b0316826001600160a01b0316145b925050505b949350505050565b5f6125ac6202a30042614dcf565b5f828152600760209081526040808320848452825280832080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff001660019081179091558584526003909252909120805460179061277e90849063ffffffff770100000000000000000000000000000000000000000000009091041661500c565b92506101000a81548163ffffffff021916908363ffffffff16021790555080827fcef3e3561a76e33b43bb64b06278c7be187f9804107810eb4b441c1daa6e267860405160405180910390a35050565b5f6127e0610100830160e08401614f92565b67ffffffffffffffff164211156127f9575060026108dd565b5f61280760c0840184614fab565b915061281b90506080840160608501615028565b60ff16158061283c575060096128376080850160608601615028565b60ff16115b80612845575080155b806128505750608081115b80612876575061287461286960a0850160808601615048565b5f5b1a60f81b6137c2565b155b80612898575061289661288f60a0850160808601615048565b600161286b565b155b156128a75760079150506108dd565b5f84815260036020526040902080546001600160a01b0316156128cf576004925050506108dd565b5f7f3b7b061b27d8e237aaeaca1039cb5852a47b451d274baf16f272fa6e6106e63e866129026060880160408901614eae565b6129126080890160608a01615028565b61292260a08a0160808b01615048565b60a08a013561293460c08c018c614fab565b604051612942929190615087565b60405190819003902061295c6101008d0160e08e01614f92565b6040805160208101999099528801969096526001600160a01b03909416606087015260ff90921660808601527fffff0000000000000000000000000000000000000000000000000000000000001660a085015260c084015260e083015267ffffffffffffffff166101008201526101200160408051601f1981840301815291905280516020918201209150612a0b906129f790870187614eae565b82612a06610100890189614fab565b612695565b612a1b57600193505050506108dd565b612a286020860186614eae565b82547fffffffffffffffffffffffff0000000000000000000000000000000000000000166001600160a01b0391909116178255612a6b6060860160408701614eae565b6001830180547fffffffffffffffffffffffff0000000000000000000000000000000000000000166001600160a01b0392909216919091179055612ab56080860160608701615028565b825460ff9190911674010000000000000000000000000000000000000000027fffffffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffff909116178255612b0b60a0860160808701615048565b825460f09190911c7501000000000000000000000000000000000000000000027fffffffffffffffffff0000ffffffffffffffffffffffffffffffffffffffffff90911617825560a08501356002830155612b6960c0860186614fab565b6003840191612b799190836150ec565b50857f8bd258e1c44234ce6e470d5160c404595731b30a7ad5faa22a15791a75679730612ba96020880188614eae565b612bb96060890160408a01614eae565b612bc960808a0160608b01615028565b612bd960a08b0160808c01615048565b60a08b0135612beb60c08d018d614fab565b604051612bfe97969594939291906151e4565b60405180910390a2505f95945050505050565b5f807f39a59a71d6302decf394d6f275410d6017aaa347161af9329bae48ec33594f5583356020850135612c4b6060870160408801614f92565b612c5b6080880160608901614f92565b612c6b60a0890160808a01614f92565b604080516020810197909752860194909452606085019290925267ffffffffffffffff908116608085015290811660a08401521660c082015260e00160408051601f19818403018152919052805160209182012091505f90612d0090853590860135612cdd6080880160608901614f92565b612ced60a0890160808a01614f92565b86612cfb60a08b018b614fab565b61385c565b90505f81600b811115612d1557612d15614d2e565b14612d21579392505050565b42612d326060860160408701614f92565b67ffffffffffffffff1611612d4b575060039392505050565b6020808501355f908152600390915260409020546001600160a01b0316612d76575060069392505050565b833560208501351480612d905750612d8e84356110fa565b155b15612d9f575060089392505050565b6020808501355f90815260068252604080822087358352909252205467ffffffffffffffff16158015612dde5750612ddc60208501358535613927565b155b15612ded575060089392505050565b612dfd6080850160608601614f92565b612e08906001614dcf565b84355f90815260086020908152604080832082890135845290915290819020805467ffffffffffffffff191667ffffffffffffffff9390931692909217909155612e589060608601908601614f92565b6020858101355f8181526006835260408082208935808452945290819020805467ffffffffffffffff191667ffffffffffffffff9590951694909417909355917f399da9c890eb23e0b2daa5f6762226e903a98af178ba8af654265e140d0c635090612eca9060608901908901614f92565b60405167ffffffffffffffff909116815260200160405180910390a3505f9392505050565b5f81600b811115612f0257612f02614d2e565b14610e645780604051632f56b7fb60e21b815260040161091e9190614d94565b610e648133613a36565b5f8281526002602090815260408083206001600160a01b038516845290915281205460ff16612fee575f8381526002602090815260408083206001600160a01b0386168452909152902080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00166001179055612fa63390565b6001600160a01b0316826001600160a01b0316847f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d60405160405180910390a45060016108dd565b505f6108dd565b8067ffffffffffffffff165f03613022576006604051632f56b7fb60e21b815260040161091e9190614d94565b8067ffffffffffffffff16421015610e6457600b604051632f56b7fb60e21b815260040161091e9190614d94565b5f8281526002602090815260408083206001600160a01b038516845290915281205460ff1615612fee575f8381526002602090815260408083206001600160a01b038616808552925280832080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0016905551339286917ff6391f5c32d9c69d2a47ea670b442974b53935d1edc7fd64eb21e047a839171b9190a45060016108dd565b5f828152600360205260408120805474010000000000000000000000000000000000000000900460ff16600914158061314d5750805477010000000000000000000000000000000000000000000000900463ffffffff1615155b1561315b575f9150506108dd565b60048101544267ffffffffffffffff90911611806126e757506126e78461318360018661526c565b5f815f0361319257505f6108dd565b5f838152600560205260408120905b8154811015613237575f85815260066020526040812083544292908590859081106131ce576131ce614e45565b5f918252602080832090910154835282019290925260400190205467ffffffffffffffff1611801561321f575061321f82828154811061321057613210614e45565b905f5260205f200154856130f3565b1561322f576001925050506108dd565b6001016131a1565b505f949350505050565b60606125ac7f0000000000000000000000000000000000000000000000000000000000000000613aa3565b60606125ac7f0000000000000000000000000000000000000000000000000000000000000000613aa3565b6132a9610e5f8888888888888861385c565b6132b4856001614dcf565b5f978852600860209081526040808a20988a5297905295909620805467ffffffffffffffff191667ffffffffffffffff909616959095179094555050505050565b5f8281526006602090815260408083208484528252808320805467ffffffffffffffff191690558483526005909152812080549091906133379060019061526c565b90505f5b8181116133d6578383828154811061335557613355614e45565b905f5260205f200154036133c65782828154811061337557613375614e45565b905f5260205f20015483828154811061339057613390614e45565b905f5260205f200181905550828054806133ac576133ac61527f565b600190038181905f5260205f20015f905590555050505050565b6133cf816152ac565b905061333b565b5050505050565b5f828152600760209081526040808320848452825280832080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff001690558483526003909152902080546001919060179061345a90849077010000000000000000000000000000000000000000000000900463ffffffff166152e3565b92506101000a81548163ffffffff021916908363ffffffff16021790555080827f739f8d5497e0adae425b753713ea4434a038ec7c18590d505b8b464a881ada8c60405160405180910390a35050565b5f5f5f6134ba8888888888613ae0565b91509150806134d5576134d08888888888613bbb565b6134d7565b815b925050505b95945050505050565b5f8281526004602052604090208054841415806135085750613506816135b5565b155b15613529576006604051632f56b7fb60e21b815260040161091e9190614d94565b428267ffffffffffffffff1611613556576003604051632f56b7fb60e21b815260040161091e9190614d94565b60018101805467ffffffffffffffff191667ffffffffffffffff8416908117909155604051908152839085907f0c6efa6b1089479a22d95fe365e8eada875e6d65ab877fde652279e73fcd0d329060200160405180910390a350505050565b80545f90158015906135d85750600182015468010000000000000000900460ff16155b80156108dd5750600182015467ffffffffffffffff1615806108dd575050600101544267ffffffffffffffff9091161190565b5f306001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001614801561366357507f000000000000000000000000000000000000000000000000000000000000000046145b1561368d57507f000000000000000000000000000000000000000000000000000000000000000090565b6125ac604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b5f6108dd61374061360b565b836040517f19010000000000000000000000000000000000000000000000000000000000008152600281019290925260228201526042902090565b5f808060418490036137af578435602086013560408701355f1a6137a189828585613cb7565b9550955095505050506137b9565b505f915060029050825b93509350939050565b5f7f41000000000000000000000000000000000000000000000000000000000000007fff000000000000000000000000000000000000000000000000000000000000008316108015906108dd57507f5a000000000000000000000000000000000000000000000000000000000000007fff000000000000000000000000000000000000000000000000000000000000008316111592915050565b5f87815260036020526040812080546001600160a01b031661388257600691505061391c565b600781015467ffffffffffffffff16156138a057600a91505061391c565b8567ffffffffffffffff164211156138bc57600291505061391c565b5f8981526008602090815260408083208b845290915290205467ffffffffffffffff8881169116146138f257600991505061391c565b8054613909906001600160a01b0316868686612695565b61391757600191505061391c565b5f9150505b979650505050505050565b5f82815260056020526040812080546008111561395b578054600181810183555f92835260209092200183905590506108dd565b5f5b8154811015613237575f858152600660205260408120835442929085908590811061398a5761398a614e45565b5f918252602080832090910154835282019290925260400190205467ffffffffffffffff1611613a2e5760065f8681526020019081526020015f205f8383815481106139d8576139d8614e45565b905f5260205f20015481526020019081526020015f205f6101000a81549067ffffffffffffffff021916905583828281548110613a1757613a17614e45565b905f5260205f2001819055506001925050506108dd565b60010161395d565b5f8281526002602090815260408083206001600160a01b038516845290915290205460ff1661158f576040517fe2517d3f0000000000000000000000000000000000000000000000000000000081526001600160a01b03821660048201526024810183905260440161091e565b60605f613aaf83613d7f565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b5f5f613aec8686613dbf565b1580613aff5750613afd8484613e29565b155b15613b0f57505f90506001613bb1565b613b1c8787878787613eae565b15613b2c57506001905080613bb1565b613b9b7fbb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023600560017fa71af64de5126a4a4e02b7922d66ce9415ce88a4c9d25514d91082c8725ac9577f5d47723c8fbe580bb369fec9c2665d8e30a435b9932645482e7c9f11e872296b613eae565b15613bab57505f90506001613bb1565b505f9050805b9550959350505050565b5f613bc68585613dbf565b1580613bd95750613bd78383613e29565b155b15613be557505f6134dc565b5f613bf08484613eee565b90505f613c1d867fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc6325516140e1565b90505f7fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551828a0990505f7fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551838a0990505f613c798584846140f0565b50905089613ca77fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551836152ff565b149b9a5050505050505050505050565b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0841115613cf057505f91506003905082613d75565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa158015613d41573d5f5f3e3d5ffd5b5050604051601f1901519150506001600160a01b038116613d6c57505f925060019150829050613d75565b92505f91508190505b9450945094915050565b5f60ff8216601f8111156108dd576040517fb3512b0c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b5f8215801590613dee57507fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63255183105b8015613df957508115155b8015610cf15750507f7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a81015919050565b5f7fffffffff00000001000000000000000000000000ffffffffffffffffffffffff80838409817f5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b8387857fffffffff00000001000000000000000000000000fffffffffffffffffffffffc878b8c0908090894821191909310169190921416919050565b5f6040518681528560208201528460408201528360608201528260808201525f5f5260205f60a0836101005afa613ee157fe5b50505f5195945050505050565b613ef66145a2565b60405180606001604052805f81526020015f81526020015f815250815f60108110613f2357613f23614e45565b60200201819052506040518060600160405280848152602001838152602001600181525081600160108110613f5a57613f5a614e45565b602002018190525060405180606001604052807f6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c29681526020017f4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f58152602001600181525081600460108110613fd157613fd1614e45565b6020020152613fe78160015b6020020151614214565b6040820152613ff7816004613fdd565b6101008201526020810151614014908260025b6020020151614270565b606082015261402d8160015b602002015182600461400a565b60a082015261403d816002614020565b60c082015261404d816003614020565b60e08201526140668160015b602002015182600861400a565b610120820152614077816002614059565b610140820152614088816003614059565b610160820152614099816004614059565b6101808201526140b38160015b602002015182600c61400a565b6101a08201526140c48160026140a6565b6101c08201526140d58160036140a6565b6101e082015292915050565b5f610cf18360028403846142ce565b5f80808080805b60808110156141f857811561412b576141118484846142ef565b919550935091506141238484846142ef565b919550935091505b600c60fc89901c1660fe88901c1789816010811061414b5761414b614e45565b602002015160400151156141e457825f036141ba5789816010811061417257614172614e45565b6020020151518a826010811061418a5761418a614e45565b6020020151602001518b83601081106141a5576141a5614e45565b602002015160400151919650945092506141e4565b6141dc8a82601081106141cf576141cf614e45565b6020020151868686614393565b919650945092505b50600297881b979690961b956001016140f7565b506142048383836144e0565b945094505050505b935093915050565b61423560405180606001604052805f81526020015f81526020015f81525090565b5f5f5f61424e855f0151866020015187604001516142ef565b6040805160608101825293845260208401929092529082015295945050505050565b61429160405180606001604052805f81526020015f81526020015f81525090565b5f5f5f6142ab86865f015187602001518860400151614393565b604080516060810182529384526020840192909252908201529695505050505050565b5f5f5f6142dc86868661453f565b91509150816134dc576134dc6012614591565b5f5f5f7fffffffff00000001000000000000000000000000ffffffffffffffffffffffff80868709818687098283848384097fffffffff00000001000000000000000000000000fffffffffffffffffffffffc0984858c8d096003090890508283838b09600409838482600209850385848509089650838485858609600809850385868a880385088509089550505050808186880960020991505093509350939050565b5f5f5f7fffffffff00000001000000000000000000000000ffffffffffffffffffffffff604088015181818209828388858a8b090960208c0151098381850385868686098c090884858a8b098d51098581870387868f0908935081158415168015614405576001811461444b576144cf565b868586098788898386096002098903898a848a098b038b88890908089a5087888983890987098903898a8e8c038c8689090887090899505086878c8809860997506144cf565b8c8c8c898283098a8283098b8c8d8384097fffffffff00000001000000000000000000000000fffffffffffffffffffffffc098d8e8889096003090890508b8c83870960040994508b8c866002098d038d838409089e508b8c8384096008098c0391508b8f8d03860894508b828d878409089d505050898a8284096002099a505050505b505050505050509450945094915050565b5f5f825f036144f357505f90508061420c565b7fffffffff00000001000000000000000000000000ffffffffffffffffffffffff5f61451f85836140e1565b905081818209828189099450828383830988099350505050935093915050565b5f5f825f0361455257505f90508061420c565b60405160208152602080820152602060408201528560608201528460808201528360a082015260205f60c08360055afa9250505f519050935093915050565b634e487b715f52806020526024601cfd5b6040518061020001604052806010905b6145d360405180606001604052805f81526020015f81526020015f81525090565b8152602001906001900390816145b25790505090565b5f602082840312156145f9575f5ffd5b81357fffffffff0000000000000000000000000000000000000000000000000000000081168114610cf1575f5ffd5b80356001600160a01b038116811461463e575f5ffd5b919050565b803567ffffffffffffffff8116811461463e575f5ffd5b5f5f83601f84011261466a575f5ffd5b50813567ffffffffffffffff811115614681575f5ffd5b602083019150836020828501011115614698575f5ffd5b9250929050565b5f5f5f5f5f5f5f60c0888a0312156146b5575f5ffd5b873596506146c560208901614628565b95506146d360408901614628565b94506146e160608901614643565b93506146ef60808901614643565b925060a088013567ffffffffffffffff81111561470a575f5ffd5b6147168a828b0161465a565b989b979a50959850939692959293505050565b5f60208284031215614739575f5ffd5b5035919050565b5f5f60408385031215614751575f5ffd5b50508035926020909101359150565b5f5f83601f840112614770575f5ffd5b50813567ffffffffffffffff811115614787575f5ffd5b6020830191508360208260051b8501011115614698575f5ffd5b5f5f602083850312156147b2575f5ffd5b823567ffffffffffffffff8111156147c8575f5ffd5b6147d485828601614760565b90969095509350505050565b5f602082840312156147f0575f5ffd5b813567ffffffffffffffff811115614806575f5ffd5b820160c08185031215610cf1575f5ffd5b5f5f60408385031215614828575f5ffd5b8235915061483860208401614628565b90509250929050565b604080825283519082018190525f9060208501906060840190835b8181101561487a57835183526020938401939092019160010161485c565b5050838103602080860191909152855180835291810192508501905f5b818110156148bf57825167ffffffffffffffff16845260209384019390920191600101614897565b50919695505050505050565b5f602082840312156148db575f5ffd5b813567ffffffffffffffff8111156148f1575f5ffd5b82016101208185031215610cf1575f5ffd5b5f81518084528060208401602086015e5f602082860101526020601f19601f83011685010191505092915050565b6020815261494b6020820183516001600160a01b03169052565b5f602083015161496660408401826001600160a01b03169052565b50604083015160ff811660608401525060608301517fffff0000000000000000000000000000000000000000000000000000000000008116608084015250608083015160a083015260a083015161024060c08401526149c9610260840182614903565b905060c08401516149de60e085018215159052565b5060e0840151801515610100850152506101008401518015156101208501525061012084015167ffffffffffffffff81166101408501525061014084015167ffffffffffffffff8116610160850152506101608401516001600160a01b0381166101808501525061018084015167ffffffffffffffff81166101a0850152506101a08401516001600160a01b0381166101c0850152506101c084015167ffffffffffffffff81166101e0850152506101e08401516001600160a01b038116610200850152506102008401516001600160a01b0381166102208501525061022084015167ffffffffffffffff8116610240850152509392505050565b602081525f610cf16020830184614903565b7fff000000000000000000000000000000000000000000000000000000000000008816815260e060208201525f614b2560e0830189614903565b8281036040840152614b378189614903565b606084018890526001600160a01b038716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b81811015614b8c578351835260209384019390920191600101614b6e565b50909b9a5050505050505050505050565b5f5f5f5f5f60808688031215614bb1575f5ffd5b85359450614bc160208701614643565b9350614bcf60408701614643565b9250606086013567ffffffffffffffff811115614bea575f5ffd5b614bf68882890161465a565b969995985093965092949392505050565b5f5f5f5f5f5f60a08789031215614c1c575f5ffd5b8635955060208701359450614c3360408801614643565b9350614c4160608801614643565b9250608087013567ffffffffffffffff811115614c5c575f5ffd5b614c6889828a0161465a565b979a9699509497509295939492505050565b5f60208284031215614c8a575f5ffd5b813567ffffffffffffffff811115614ca0575f5ffd5b82016101408185031215610cf1575f5ffd5b5f5f60408385031215614cc3575f5ffd5b614ccc83614628565b946020939093013593505050565b5f5f5f5f5f5f60a08789031215614cef575f5ffd5b86359550614cff60208801614628565b9450614c3360408801614643565b5f5f60408385031215614d1e575f5ffd5b8235915061483860208401614643565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b600c8110614d90577f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b9052565b602081016108dd8284614d5b565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b67ffffffffffffffff81811683821601908111156108dd576108dd614da2565b5f81518060208401855e5f93019283525090919050565b5f614e118286614def565b93845250506020820152604001919050565b5f610cf18284614def565b5f60208284031215614e3e575f5ffd5b5051919050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b5f82357ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee1833603018112614ea4575f5ffd5b9190910192915050565b5f60208284031215614ebe575f5ffd5b610cf182614628565b83815260208101839052606081016126e76040830184614d5b565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b5f82357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff41833603018112614ea4575f5ffd5b600181811c90821680614f5557607f821691505b602082108103614f8c577f4e487b71000000000000000000000000000000000000000000000000000000005f52602260045260245ffd5b50919050565b5f60208284031215614fa2575f5ffd5b610cf182614643565b5f5f83357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe1843603018112614fde575f5ffd5b83018035915067ffffffffffffffff821115614ff8575f5ffd5b602001915036819003821315614698575f5ffd5b63ffffffff81811683821601908111156108dd576108dd614da2565b5f60208284031215615038575f5ffd5b813560ff81168114610cf1575f5ffd5b5f60208284031215615058575f5ffd5b81357fffff00000000000000000000000000000000000000000000000000000000000081168114610cf1575f5ffd5b818382375f9101908152919050565b601f821115610e4e5782821115610e4e57805f5260205f20601f840160051c60208510156150c157505f5b90810190601f840160051c035f5b818110156150e4575f838201556001016150cf565b505050505050565b67ffffffffffffffff83111561510457615104614ee2565b615118836151128354614f41565b83615096565b5f601f841160018114615168575f85156151325750838201355b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff600387901b1c1916600186901b1783556133d6565b5f83815260208120601f198716915b828110156151975786850135825560209485019460019092019101615177565b50868210156151d2577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff60f88860031b161c19848701351681555b505060018560011b0183555050505050565b6001600160a01b03881681526001600160a01b038716602082015260ff861660408201527fffff0000000000000000000000000000000000000000000000000000000000008516606082015283608082015260c060a08201528160c0820152818360e08301375f81830160e090810191909152601f909201601f191601019695505050505050565b818103818111156108dd576108dd614da2565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603160045260245ffd5b5f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff82036152dc576152dc614da2565b5060010190565b63ffffffff82811682821603908111156108dd576108dd614da2565b5f82615332577f4e487b71000000000000000000000000000000000000000000000000000000005f52601260045260245ffd5b50069056",
}

// InstitutionRegistry is an auto generated Go binding around an Ethereum contract.
type InstitutionRegistry struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *InstitutionRegistry) GetABI() abi.ABI {
	return c.abi
}

// NewInstitutionRegistry creates a new instance of InstitutionRegistry.
func NewInstitutionRegistry() *InstitutionRegistry {
	parsed, err := InstitutionRegistryMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &InstitutionRegistry{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *InstitutionRegistry) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address admin, address operator) returns()
func (institutionRegistry *InstitutionRegistry) PackConstructor(admin common.Address, operator common.Address) []byte {
	enc, err := institutionRegistry.abi.Pack("", admin, operator)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackACCREDITOR is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1f52a9de.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function ACCREDITOR() view returns(uint8)
func (institutionRegistry *InstitutionRegistry) PackACCREDITOR() []byte {
	enc, err := institutionRegistry.abi.Pack("ACCREDITOR")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackACCREDITOR is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1f52a9de.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function ACCREDITOR() view returns(uint8)
func (institutionRegistry *InstitutionRegistry) TryPackACCREDITOR() ([]byte, error) {
	return institutionRegistry.abi.Pack("ACCREDITOR")
}

// UnpackACCREDITOR is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x1f52a9de.
//
// Solidity: function ACCREDITOR() view returns(uint8)
func (institutionRegistry *InstitutionRegistry) UnpackACCREDITOR(data []byte) (uint8, error) {
	out, err := institutionRegistry.abi.Unpack("ACCREDITOR", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackDEFAULTADMINROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa217fddf.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function DEFAULT_ADMIN_ROLE() view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) PackDEFAULTADMINROLE() []byte {
	enc, err := institutionRegistry.abi.Pack("DEFAULT_ADMIN_ROLE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDEFAULTADMINROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa217fddf.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function DEFAULT_ADMIN_ROLE() view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) TryPackDEFAULTADMINROLE() ([]byte, error) {
	return institutionRegistry.abi.Pack("DEFAULT_ADMIN_ROLE")
}

// UnpackDEFAULTADMINROLE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa217fddf.
//
// Solidity: function DEFAULT_ADMIN_ROLE() view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) UnpackDEFAULTADMINROLE(data []byte) ([32]byte, error) {
	out, err := institutionRegistry.abi.Unpack("DEFAULT_ADMIN_ROLE", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackDELAY is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x69b41170.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function DELAY() view returns(uint64)
func (institutionRegistry *InstitutionRegistry) PackDELAY() []byte {
	enc, err := institutionRegistry.abi.Pack("DELAY")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDELAY is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x69b41170.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function DELAY() view returns(uint64)
func (institutionRegistry *InstitutionRegistry) TryPackDELAY() ([]byte, error) {
	return institutionRegistry.abi.Pack("DELAY")
}

// UnpackDELAY is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x69b41170.
//
// Solidity: function DELAY() view returns(uint64)
func (institutionRegistry *InstitutionRegistry) UnpackDELAY(data []byte) (uint64, error) {
	out, err := institutionRegistry.abi.Unpack("DELAY", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackMAXATTESTATIONS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x883c27f1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_ATTESTATIONS() view returns(uint256)
func (institutionRegistry *InstitutionRegistry) PackMAXATTESTATIONS() []byte {
	enc, err := institutionRegistry.abi.Pack("MAX_ATTESTATIONS")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXATTESTATIONS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x883c27f1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_ATTESTATIONS() view returns(uint256)
func (institutionRegistry *InstitutionRegistry) TryPackMAXATTESTATIONS() ([]byte, error) {
	return institutionRegistry.abi.Pack("MAX_ATTESTATIONS")
}

// UnpackMAXATTESTATIONS is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x883c27f1.
//
// Solidity: function MAX_ATTESTATIONS() view returns(uint256)
func (institutionRegistry *InstitutionRegistry) UnpackMAXATTESTATIONS(data []byte) (*big.Int, error) {
	out, err := institutionRegistry.abi.Unpack("MAX_ATTESTATIONS", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackMAXDEPTH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa27154ba.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_DEPTH() view returns(uint256)
func (institutionRegistry *InstitutionRegistry) PackMAXDEPTH() []byte {
	enc, err := institutionRegistry.abi.Pack("MAX_DEPTH")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXDEPTH is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa27154ba.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_DEPTH() view returns(uint256)
func (institutionRegistry *InstitutionRegistry) TryPackMAXDEPTH() ([]byte, error) {
	return institutionRegistry.abi.Pack("MAX_DEPTH")
}

// UnpackMAXDEPTH is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa27154ba.
//
// Solidity: function MAX_DEPTH() view returns(uint256)
func (institutionRegistry *InstitutionRegistry) UnpackMAXDEPTH(data []byte) (*big.Int, error) {
	out, err := institutionRegistry.abi.Unpack("MAX_DEPTH", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackMAXNAME is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x756bf254.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_NAME() view returns(uint256)
func (institutionRegistry *InstitutionRegistry) PackMAXNAME() []byte {
	enc, err := institutionRegistry.abi.Pack("MAX_NAME")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXNAME is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x756bf254.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_NAME() view returns(uint256)
func (institutionRegistry *InstitutionRegistry) TryPackMAXNAME() ([]byte, error) {
	return institutionRegistry.abi.Pack("MAX_NAME")
}

// UnpackMAXNAME is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x756bf254.
//
// Solidity: function MAX_NAME() view returns(uint256)
func (institutionRegistry *InstitutionRegistry) UnpackMAXNAME(data []byte) (*big.Int, error) {
	out, err := institutionRegistry.abi.Unpack("MAX_NAME", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackOPERATOR is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x983d2737.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function OPERATOR() view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) PackOPERATOR() []byte {
	enc, err := institutionRegistry.abi.Pack("OPERATOR")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOPERATOR is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x983d2737.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function OPERATOR() view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) TryPackOPERATOR() ([]byte, error) {
	return institutionRegistry.abi.Pack("OPERATOR")
}

// UnpackOPERATOR is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x983d2737.
//
// Solidity: function OPERATOR() view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) UnpackOPERATOR(data []byte) ([32]byte, error) {
	out, err := institutionRegistry.abi.Unpack("OPERATOR", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackOPERATORROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf5b541a6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function OPERATOR_ROLE() view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) PackOPERATORROLE() []byte {
	enc, err := institutionRegistry.abi.Pack("OPERATOR_ROLE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOPERATORROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf5b541a6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function OPERATOR_ROLE() view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) TryPackOPERATORROLE() ([]byte, error) {
	return institutionRegistry.abi.Pack("OPERATOR_ROLE")
}

// UnpackOPERATORROLE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf5b541a6.
//
// Solidity: function OPERATOR_ROLE() view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) UnpackOPERATORROLE(data []byte) ([32]byte, error) {
	out, err := institutionRegistry.abi.Unpack("OPERATOR_ROLE", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackAddTlsKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc07c9524.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function addTlsKey((bytes32,bytes32,bytes32,bytes32,uint64,uint64,uint64,bytes,bytes32,bytes32) item) returns()
func (institutionRegistry *InstitutionRegistry) PackAddTlsKey(item TlsKeyItem) []byte {
	enc, err := institutionRegistry.abi.Pack("addTlsKey", item)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAddTlsKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc07c9524.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function addTlsKey((bytes32,bytes32,bytes32,bytes32,uint64,uint64,uint64,bytes,bytes32,bytes32) item) returns()
func (institutionRegistry *InstitutionRegistry) TryPackAddTlsKey(item TlsKeyItem) ([]byte, error) {
	return institutionRegistry.abi.Pack("addTlsKey", item)
}

// PackAppointAccreditor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfc86b431.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function appointAccreditor(bytes32 institution, uint64 expires) returns()
func (institutionRegistry *InstitutionRegistry) PackAppointAccreditor(institution [32]byte, expires uint64) []byte {
	enc, err := institutionRegistry.abi.Pack("appointAccreditor", institution, expires)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAppointAccreditor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfc86b431.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function appointAccreditor(bytes32 institution, uint64 expires) returns()
func (institutionRegistry *InstitutionRegistry) TryPackAppointAccreditor(institution [32]byte, expires uint64) ([]byte, error) {
	return institutionRegistry.abi.Pack("appointAccreditor", institution, expires)
}

// PackAttest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2b6c05f8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function attest((bytes32,bytes32,uint64,uint64,uint64,bytes) item) returns()
func (institutionRegistry *InstitutionRegistry) PackAttest(item AttestItem) []byte {
	enc, err := institutionRegistry.abi.Pack("attest", item)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAttest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2b6c05f8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function attest((bytes32,bytes32,uint64,uint64,uint64,bytes) item) returns()
func (institutionRegistry *InstitutionRegistry) TryPackAttest(item AttestItem) ([]byte, error) {
	return institutionRegistry.abi.Pack("attest", item)
}

// PackAttestBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3fa62bdb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function attestBatch((bytes32,bytes32,uint64,uint64,uint64,bytes)[] items) returns()
func (institutionRegistry *InstitutionRegistry) PackAttestBatch(items []AttestItem) []byte {
	enc, err := institutionRegistry.abi.Pack("attestBatch", items)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAttestBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3fa62bdb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function attestBatch((bytes32,bytes32,uint64,uint64,uint64,bytes)[] items) returns()
func (institutionRegistry *InstitutionRegistry) TryPackAttestBatch(items []AttestItem) ([]byte, error) {
	return institutionRegistry.abi.Pack("attestBatch", items)
}

// PackAttestationsOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36ba8d2b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function attestationsOf(bytes32 institution) view returns(bytes32[] accreditors, uint64[] expires)
func (institutionRegistry *InstitutionRegistry) PackAttestationsOf(institution [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("attestationsOf", institution)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAttestationsOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36ba8d2b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function attestationsOf(bytes32 institution) view returns(bytes32[] accreditors, uint64[] expires)
func (institutionRegistry *InstitutionRegistry) TryPackAttestationsOf(institution [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("attestationsOf", institution)
}

// AttestationsOfOutput serves as a container for the return parameters of contract
// method AttestationsOf.
type AttestationsOfOutput struct {
	Accreditors [][32]byte
	Expires     []uint64
}

// UnpackAttestationsOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x36ba8d2b.
//
// Solidity: function attestationsOf(bytes32 institution) view returns(bytes32[] accreditors, uint64[] expires)
func (institutionRegistry *InstitutionRegistry) UnpackAttestationsOf(data []byte) (AttestationsOfOutput, error) {
	out, err := institutionRegistry.abi.Unpack("attestationsOf", data)
	outstruct := new(AttestationsOfOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Accreditors = *abi.ConvertType(out[0], new([][32]byte)).(*[][32]byte)
	outstruct.Expires = *abi.ConvertType(out[1], new([]uint64)).(*[]uint64)
	return *outstruct, nil
}

// PackAttested is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x849408af.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function attested(bytes32 institution) view returns(bool)
func (institutionRegistry *InstitutionRegistry) PackAttested(institution [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("attested", institution)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAttested is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x849408af.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function attested(bytes32 institution) view returns(bool)
func (institutionRegistry *InstitutionRegistry) TryPackAttested(institution [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("attested", institution)
}

// UnpackAttested is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x849408af.
//
// Solidity: function attested(bytes32 institution) view returns(bool)
func (institutionRegistry *InstitutionRegistry) UnpackAttested(data []byte) (bool, error) {
	out, err := institutionRegistry.abi.Unpack("attested", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackCancelChanges is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x896ef09a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function cancelChanges(bytes32 institution, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) PackCancelChanges(institution [32]byte, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := institutionRegistry.abi.Pack("cancelChanges", institution, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCancelChanges is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x896ef09a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function cancelChanges(bytes32 institution, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) TryPackCancelChanges(institution [32]byte, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("cancelChanges", institution, nonce, deadline, signature)
}

// PackChangeRecoveryKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdc9d1e0f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function changeRecoveryKey(bytes32 institution, address newRecoveryKey, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) PackChangeRecoveryKey(institution [32]byte, newRecoveryKey common.Address, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := institutionRegistry.abi.Pack("changeRecoveryKey", institution, newRecoveryKey, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChangeRecoveryKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdc9d1e0f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function changeRecoveryKey(bytes32 institution, address newRecoveryKey, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) TryPackChangeRecoveryKey(institution [32]byte, newRecoveryKey common.Address, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("changeRecoveryKey", institution, newRecoveryKey, nonce, deadline, signature)
}

// PackDismissAccreditor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb27544df.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function dismissAccreditor(bytes32 institution) returns()
func (institutionRegistry *InstitutionRegistry) PackDismissAccreditor(institution [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("dismissAccreditor", institution)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDismissAccreditor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb27544df.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function dismissAccreditor(bytes32 institution) returns()
func (institutionRegistry *InstitutionRegistry) TryPackDismissAccreditor(institution [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("dismissAccreditor", institution)
}

// PackDomainSeparator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf698da25.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function domainSeparator() view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) PackDomainSeparator() []byte {
	enc, err := institutionRegistry.abi.Pack("domainSeparator")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDomainSeparator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf698da25.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function domainSeparator() view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) TryPackDomainSeparator() ([]byte, error) {
	return institutionRegistry.abi.Pack("domainSeparator")
}

// UnpackDomainSeparator is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf698da25.
//
// Solidity: function domainSeparator() view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) UnpackDomainSeparator(data []byte) ([32]byte, error) {
	out, err := institutionRegistry.abi.Unpack("domainSeparator", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackFinaliseColdKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa4454927.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function finaliseColdKey(bytes32 institution) returns()
func (institutionRegistry *InstitutionRegistry) PackFinaliseColdKey(institution [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("finaliseColdKey", institution)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFinaliseColdKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa4454927.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function finaliseColdKey(bytes32 institution) returns()
func (institutionRegistry *InstitutionRegistry) TryPackFinaliseColdKey(institution [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("finaliseColdKey", institution)
}

// PackFinaliseRecovery is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb178dfd7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function finaliseRecovery(bytes32 institution) returns()
func (institutionRegistry *InstitutionRegistry) PackFinaliseRecovery(institution [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("finaliseRecovery", institution)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFinaliseRecovery is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb178dfd7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function finaliseRecovery(bytes32 institution) returns()
func (institutionRegistry *InstitutionRegistry) TryPackFinaliseRecovery(institution [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("finaliseRecovery", institution)
}

// PackFinaliseRecoveryKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x32bf254a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function finaliseRecoveryKey(bytes32 institution) returns()
func (institutionRegistry *InstitutionRegistry) PackFinaliseRecoveryKey(institution [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("finaliseRecoveryKey", institution)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFinaliseRecoveryKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x32bf254a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function finaliseRecoveryKey(bytes32 institution) returns()
func (institutionRegistry *InstitutionRegistry) TryPackFinaliseRecoveryKey(institution [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("finaliseRecoveryKey", institution)
}

// PackGetRoleAdmin is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x248a9ca3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getRoleAdmin(bytes32 role) view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) PackGetRoleAdmin(role [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("getRoleAdmin", role)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGetRoleAdmin is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x248a9ca3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function getRoleAdmin(bytes32 role) view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) TryPackGetRoleAdmin(role [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("getRoleAdmin", role)
}

// UnpackGetRoleAdmin is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x248a9ca3.
//
// Solidity: function getRoleAdmin(bytes32 role) view returns(bytes32)
func (institutionRegistry *InstitutionRegistry) UnpackGetRoleAdmin(data []byte) ([32]byte, error) {
	out, err := institutionRegistry.abi.Unpack("getRoleAdmin", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackGrantRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2f2ff15d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function grantRole(bytes32 role, address account) returns()
func (institutionRegistry *InstitutionRegistry) PackGrantRole(role [32]byte, account common.Address) []byte {
	enc, err := institutionRegistry.abi.Pack("grantRole", role, account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGrantRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2f2ff15d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function grantRole(bytes32 role, address account) returns()
func (institutionRegistry *InstitutionRegistry) TryPackGrantRole(role [32]byte, account common.Address) ([]byte, error) {
	return institutionRegistry.abi.Pack("grantRole", role, account)
}

// PackHasRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x91d14854.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function hasRole(bytes32 role, address account) view returns(bool)
func (institutionRegistry *InstitutionRegistry) PackHasRole(role [32]byte, account common.Address) []byte {
	enc, err := institutionRegistry.abi.Pack("hasRole", role, account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHasRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x91d14854.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function hasRole(bytes32 role, address account) view returns(bool)
func (institutionRegistry *InstitutionRegistry) TryPackHasRole(role [32]byte, account common.Address) ([]byte, error) {
	return institutionRegistry.abi.Pack("hasRole", role, account)
}

// UnpackHasRole is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x91d14854.
//
// Solidity: function hasRole(bytes32 role, address account) view returns(bool)
func (institutionRegistry *InstitutionRegistry) UnpackHasRole(data []byte) (bool, error) {
	out, err := institutionRegistry.abi.Unpack("hasRole", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackIdOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc5104d25.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function idOf(address coldKey, bytes32 salt) pure returns(bytes32)
func (institutionRegistry *InstitutionRegistry) PackIdOf(coldKey common.Address, salt [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("idOf", coldKey, salt)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIdOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc5104d25.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function idOf(address coldKey, bytes32 salt) pure returns(bytes32)
func (institutionRegistry *InstitutionRegistry) TryPackIdOf(coldKey common.Address, salt [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("idOf", coldKey, salt)
}

// UnpackIdOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc5104d25.
//
// Solidity: function idOf(address coldKey, bytes32 salt) pure returns(bytes32)
func (institutionRegistry *InstitutionRegistry) UnpackIdOf(data []byte) ([32]byte, error) {
	out, err := institutionRegistry.abi.Unpack("idOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackInstitutionOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x618c9050.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function institutionOf(bytes32 id) view returns((address,address,uint8,bytes2,bytes32,string,bool,bool,bool,uint64,uint64,address,uint64,address,uint64,address,address,uint64) state)
func (institutionRegistry *InstitutionRegistry) PackInstitutionOf(id [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("institutionOf", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackInstitutionOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x618c9050.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function institutionOf(bytes32 id) view returns((address,address,uint8,bytes2,bytes32,string,bool,bool,bool,uint64,uint64,address,uint64,address,uint64,address,address,uint64) state)
func (institutionRegistry *InstitutionRegistry) TryPackInstitutionOf(id [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("institutionOf", id)
}

// UnpackInstitutionOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x618c9050.
//
// Solidity: function institutionOf(bytes32 id) view returns((address,address,uint8,bytes2,bytes32,string,bool,bool,bool,uint64,uint64,address,uint64,address,uint64,address,address,uint64) state)
func (institutionRegistry *InstitutionRegistry) UnpackInstitutionOf(data []byte) (InstitutionState, error) {
	out, err := institutionRegistry.abi.Unpack("institutionOf", data)
	if err != nil {
		return *new(InstitutionState), err
	}
	out0 := *abi.ConvertType(out[0], new(InstitutionState)).(*InstitutionState)
	return out0, nil
}

// PackLift is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xde479a02.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function lift(bytes32 by, bytes32 institution, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) PackLift(by [32]byte, institution [32]byte, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := institutionRegistry.abi.Pack("lift", by, institution, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLift is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xde479a02.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function lift(bytes32 by, bytes32 institution, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) TryPackLift(by [32]byte, institution [32]byte, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("lift", by, institution, nonce, deadline, signature)
}

// PackNonces is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1d5d26bc.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function nonces(bytes32 actor, bytes32 target) view returns(uint64)
func (institutionRegistry *InstitutionRegistry) PackNonces(actor [32]byte, target [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("nonces", actor, target)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNonces is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1d5d26bc.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function nonces(bytes32 actor, bytes32 target) view returns(uint64)
func (institutionRegistry *InstitutionRegistry) TryPackNonces(actor [32]byte, target [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("nonces", actor, target)
}

// UnpackNonces is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x1d5d26bc.
//
// Solidity: function nonces(bytes32 actor, bytes32 target) view returns(uint64)
func (institutionRegistry *InstitutionRegistry) UnpackNonces(data []byte) (uint64, error) {
	out, err := institutionRegistry.abi.Unpack("nonces", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackOperatorLift is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc06eae47.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function operatorLift(bytes32 institution) returns()
func (institutionRegistry *InstitutionRegistry) PackOperatorLift(institution [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("operatorLift", institution)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOperatorLift is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc06eae47.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function operatorLift(bytes32 institution) returns()
func (institutionRegistry *InstitutionRegistry) TryPackOperatorLift(institution [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("operatorLift", institution)
}

// PackOperatorSuspend is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x716214ac.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function operatorSuspend(bytes32 institution) returns()
func (institutionRegistry *InstitutionRegistry) PackOperatorSuspend(institution [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("operatorSuspend", institution)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOperatorSuspend is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x716214ac.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function operatorSuspend(bytes32 institution) returns()
func (institutionRegistry *InstitutionRegistry) TryPackOperatorSuspend(institution [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("operatorSuspend", institution)
}

// PackPossessionMessage is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x780cc538.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function possessionMessage(bytes32 institution, bytes32 keyHash) view returns(bytes)
func (institutionRegistry *InstitutionRegistry) PackPossessionMessage(institution [32]byte, keyHash [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("possessionMessage", institution, keyHash)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPossessionMessage is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x780cc538.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function possessionMessage(bytes32 institution, bytes32 keyHash) view returns(bytes)
func (institutionRegistry *InstitutionRegistry) TryPackPossessionMessage(institution [32]byte, keyHash [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("possessionMessage", institution, keyHash)
}

// UnpackPossessionMessage is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x780cc538.
//
// Solidity: function possessionMessage(bytes32 institution, bytes32 keyHash) view returns(bytes)
func (institutionRegistry *InstitutionRegistry) UnpackPossessionMessage(data []byte) ([]byte, error) {
	out, err := institutionRegistry.abi.Unpack("possessionMessage", data)
	if err != nil {
		return *new([]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([]byte)).(*[]byte)
	return out0, nil
}

// PackRecoverColdKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x05501e8e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function recoverColdKey(bytes32 institution, address newColdKey, address newRecoveryKey, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) PackRecoverColdKey(institution [32]byte, newColdKey common.Address, newRecoveryKey common.Address, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := institutionRegistry.abi.Pack("recoverColdKey", institution, newColdKey, newRecoveryKey, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRecoverColdKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x05501e8e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function recoverColdKey(bytes32 institution, address newColdKey, address newRecoveryKey, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) TryPackRecoverColdKey(institution [32]byte, newColdKey common.Address, newRecoveryKey common.Address, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("recoverColdKey", institution, newColdKey, newRecoveryKey, nonce, deadline, signature)
}

// PackRegister is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x54af7886.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function register((address,bytes32,address,uint8,bytes2,bytes32,string,uint64,bytes) item) returns()
func (institutionRegistry *InstitutionRegistry) PackRegister(item InstitutionItem) []byte {
	enc, err := institutionRegistry.abi.Pack("register", item)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegister is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x54af7886.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function register((address,bytes32,address,uint8,bytes2,bytes32,string,uint64,bytes) item) returns()
func (institutionRegistry *InstitutionRegistry) TryPackRegister(item InstitutionItem) ([]byte, error) {
	return institutionRegistry.abi.Pack("register", item)
}

// PackRegisterBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x23dadc04.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function registerBatch((address,bytes32,address,uint8,bytes2,bytes32,string,uint64,bytes)[] items) returns()
func (institutionRegistry *InstitutionRegistry) PackRegisterBatch(items []InstitutionItem) []byte {
	enc, err := institutionRegistry.abi.Pack("registerBatch", items)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegisterBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x23dadc04.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function registerBatch((address,bytes32,address,uint8,bytes2,bytes32,string,uint64,bytes)[] items) returns()
func (institutionRegistry *InstitutionRegistry) TryPackRegisterBatch(items []InstitutionItem) ([]byte, error) {
	return institutionRegistry.abi.Pack("registerBatch", items)
}

// PackRemoveTlsKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x94a75735.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function removeTlsKey(bytes32 institution, bytes32 keyHash, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) PackRemoveTlsKey(institution [32]byte, keyHash [32]byte, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := institutionRegistry.abi.Pack("removeTlsKey", institution, keyHash, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRemoveTlsKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x94a75735.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function removeTlsKey(bytes32 institution, bytes32 keyHash, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) TryPackRemoveTlsKey(institution [32]byte, keyHash [32]byte, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("removeTlsKey", institution, keyHash, nonce, deadline, signature)
}

// PackRenounceRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36568abe.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function renounceRole(bytes32 role, address callerConfirmation) returns()
func (institutionRegistry *InstitutionRegistry) PackRenounceRole(role [32]byte, callerConfirmation common.Address) []byte {
	enc, err := institutionRegistry.abi.Pack("renounceRole", role, callerConfirmation)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRenounceRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36568abe.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function renounceRole(bytes32 role, address callerConfirmation) returns()
func (institutionRegistry *InstitutionRegistry) TryPackRenounceRole(role [32]byte, callerConfirmation common.Address) ([]byte, error) {
	return institutionRegistry.abi.Pack("renounceRole", role, callerConfirmation)
}

// PackRevokeRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd547741f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function revokeRole(bytes32 role, address account) returns()
func (institutionRegistry *InstitutionRegistry) PackRevokeRole(role [32]byte, account common.Address) []byte {
	enc, err := institutionRegistry.abi.Pack("revokeRole", role, account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRevokeRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd547741f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function revokeRole(bytes32 role, address account) returns()
func (institutionRegistry *InstitutionRegistry) TryPackRevokeRole(role [32]byte, account common.Address) ([]byte, error) {
	return institutionRegistry.abi.Pack("revokeRole", role, account)
}

// PackRotateColdKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe3fd2384.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function rotateColdKey(bytes32 institution, address newColdKey, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) PackRotateColdKey(institution [32]byte, newColdKey common.Address, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := institutionRegistry.abi.Pack("rotateColdKey", institution, newColdKey, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRotateColdKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe3fd2384.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function rotateColdKey(bytes32 institution, address newColdKey, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) TryPackRotateColdKey(institution [32]byte, newColdKey common.Address, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("rotateColdKey", institution, newColdKey, nonce, deadline, signature)
}

// PackSetSealingKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8c9b954e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setSealingKey(bytes32 institution, bytes32 sealingKey, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) PackSetSealingKey(institution [32]byte, sealingKey [32]byte, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := institutionRegistry.abi.Pack("setSealingKey", institution, sealingKey, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetSealingKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8c9b954e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setSealingKey(bytes32 institution, bytes32 sealingKey, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) TryPackSetSealingKey(institution [32]byte, sealingKey [32]byte, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("setSealingKey", institution, sealingKey, nonce, deadline, signature)
}

// PackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (institutionRegistry *InstitutionRegistry) PackSupportsInterface(interfaceId [4]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("supportsInterface", interfaceId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (institutionRegistry *InstitutionRegistry) TryPackSupportsInterface(interfaceId [4]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("supportsInterface", interfaceId)
}

// UnpackSupportsInterface is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x01ffc9a7.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (institutionRegistry *InstitutionRegistry) UnpackSupportsInterface(data []byte) (bool, error) {
	out, err := institutionRegistry.abi.Unpack("supportsInterface", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackSuspend is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xce9277a6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function suspend(bytes32 by, bytes32 institution, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) PackSuspend(by [32]byte, institution [32]byte, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := institutionRegistry.abi.Pack("suspend", by, institution, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSuspend is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xce9277a6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function suspend(bytes32 by, bytes32 institution, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) TryPackSuspend(by [32]byte, institution [32]byte, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("suspend", by, institution, nonce, deadline, signature)
}

// PackSuspended is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x078983c1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function suspended(bytes32 institution) view returns(bool)
func (institutionRegistry *InstitutionRegistry) PackSuspended(institution [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("suspended", institution)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSuspended is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x078983c1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function suspended(bytes32 institution) view returns(bool)
func (institutionRegistry *InstitutionRegistry) TryPackSuspended(institution [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("suspended", institution)
}

// UnpackSuspended is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x078983c1.
//
// Solidity: function suspended(bytes32 institution) view returns(bool)
func (institutionRegistry *InstitutionRegistry) UnpackSuspended(data []byte) (bool, error) {
	out, err := institutionRegistry.abi.Unpack("suspended", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackSuspendedBy is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xefdc82a6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function suspendedBy(bytes32 institution, bytes32 by) view returns(bool)
func (institutionRegistry *InstitutionRegistry) PackSuspendedBy(institution [32]byte, by [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("suspendedBy", institution, by)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSuspendedBy is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xefdc82a6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function suspendedBy(bytes32 institution, bytes32 by) view returns(bool)
func (institutionRegistry *InstitutionRegistry) TryPackSuspendedBy(institution [32]byte, by [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("suspendedBy", institution, by)
}

// UnpackSuspendedBy is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xefdc82a6.
//
// Solidity: function suspendedBy(bytes32 institution, bytes32 by) view returns(bool)
func (institutionRegistry *InstitutionRegistry) UnpackSuspendedBy(data []byte) (bool, error) {
	out, err := institutionRegistry.abi.Unpack("suspendedBy", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackTlsKeyHash is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2395f457.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function tlsKeyHash(bytes32 x, bytes32 y) pure returns(bytes32)
func (institutionRegistry *InstitutionRegistry) PackTlsKeyHash(x [32]byte, y [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("tlsKeyHash", x, y)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTlsKeyHash is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2395f457.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function tlsKeyHash(bytes32 x, bytes32 y) pure returns(bytes32)
func (institutionRegistry *InstitutionRegistry) TryPackTlsKeyHash(x [32]byte, y [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("tlsKeyHash", x, y)
}

// UnpackTlsKeyHash is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2395f457.
//
// Solidity: function tlsKeyHash(bytes32 x, bytes32 y) pure returns(bytes32)
func (institutionRegistry *InstitutionRegistry) UnpackTlsKeyHash(data []byte) ([32]byte, error) {
	out, err := institutionRegistry.abi.Unpack("tlsKeyHash", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackTlsKeyOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd458adb6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function tlsKeyOf(bytes32 keyHash) view returns(bytes32 institution, uint64 validUntil, bool valid)
func (institutionRegistry *InstitutionRegistry) PackTlsKeyOf(keyHash [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("tlsKeyOf", keyHash)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTlsKeyOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd458adb6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function tlsKeyOf(bytes32 keyHash) view returns(bytes32 institution, uint64 validUntil, bool valid)
func (institutionRegistry *InstitutionRegistry) TryPackTlsKeyOf(keyHash [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("tlsKeyOf", keyHash)
}

// TlsKeyOfOutput serves as a container for the return parameters of contract
// method TlsKeyOf.
type TlsKeyOfOutput struct {
	Institution [32]byte
	ValidUntil  uint64
	Valid       bool
}

// UnpackTlsKeyOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd458adb6.
//
// Solidity: function tlsKeyOf(bytes32 keyHash) view returns(bytes32 institution, uint64 validUntil, bool valid)
func (institutionRegistry *InstitutionRegistry) UnpackTlsKeyOf(data []byte) (TlsKeyOfOutput, error) {
	out, err := institutionRegistry.abi.Unpack("tlsKeyOf", data)
	outstruct := new(TlsKeyOfOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Institution = *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	outstruct.ValidUntil = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	outstruct.Valid = *abi.ConvertType(out[2], new(bool)).(*bool)
	return *outstruct, nil
}

// PackTrusted is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3980d045.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function trusted(bytes32 institution) view returns(bool)
func (institutionRegistry *InstitutionRegistry) PackTrusted(institution [32]byte) []byte {
	enc, err := institutionRegistry.abi.Pack("trusted", institution)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTrusted is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3980d045.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function trusted(bytes32 institution) view returns(bool)
func (institutionRegistry *InstitutionRegistry) TryPackTrusted(institution [32]byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("trusted", institution)
}

// UnpackTrusted is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3980d045.
//
// Solidity: function trusted(bytes32 institution) view returns(bool)
func (institutionRegistry *InstitutionRegistry) UnpackTrusted(data []byte) (bool, error) {
	out, err := institutionRegistry.abi.Unpack("trusted", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackWithdrawAttestation is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x957c0ec3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function withdrawAttestation(bytes32 accreditor, bytes32 institution, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) PackWithdrawAttestation(accreditor [32]byte, institution [32]byte, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := institutionRegistry.abi.Pack("withdrawAttestation", accreditor, institution, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWithdrawAttestation is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x957c0ec3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function withdrawAttestation(bytes32 accreditor, bytes32 institution, uint64 nonce, uint64 deadline, bytes signature) returns()
func (institutionRegistry *InstitutionRegistry) TryPackWithdrawAttestation(accreditor [32]byte, institution [32]byte, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return institutionRegistry.abi.Pack("withdrawAttestation", accreditor, institution, nonce, deadline, signature)
}

// InstitutionRegistryAccreditorAppointed represents a AccreditorAppointed event raised by the InstitutionRegistry contract.
type InstitutionRegistryAccreditorAppointed struct {
	Institution [32]byte
	Expires     uint64
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryAccreditorAppointedEventName = "AccreditorAppointed"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryAccreditorAppointed) ContractEventName() string {
	return InstitutionRegistryAccreditorAppointedEventName
}

// UnpackAccreditorAppointedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event AccreditorAppointed(bytes32 indexed institution, uint64 expires)
func (institutionRegistry *InstitutionRegistry) UnpackAccreditorAppointedEvent(log *types.Log) (*InstitutionRegistryAccreditorAppointed, error) {
	event := "AccreditorAppointed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryAccreditorAppointed)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryAccreditorDismissed represents a AccreditorDismissed event raised by the InstitutionRegistry contract.
type InstitutionRegistryAccreditorDismissed struct {
	Institution [32]byte
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryAccreditorDismissedEventName = "AccreditorDismissed"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryAccreditorDismissed) ContractEventName() string {
	return InstitutionRegistryAccreditorDismissedEventName
}

// UnpackAccreditorDismissedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event AccreditorDismissed(bytes32 indexed institution)
func (institutionRegistry *InstitutionRegistry) UnpackAccreditorDismissedEvent(log *types.Log) (*InstitutionRegistryAccreditorDismissed, error) {
	event := "AccreditorDismissed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryAccreditorDismissed)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryAttestationWithdrawn represents a AttestationWithdrawn event raised by the InstitutionRegistry contract.
type InstitutionRegistryAttestationWithdrawn struct {
	Accreditor  [32]byte
	Institution [32]byte
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryAttestationWithdrawnEventName = "AttestationWithdrawn"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryAttestationWithdrawn) ContractEventName() string {
	return InstitutionRegistryAttestationWithdrawnEventName
}

// UnpackAttestationWithdrawnEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event AttestationWithdrawn(bytes32 indexed accreditor, bytes32 indexed institution)
func (institutionRegistry *InstitutionRegistry) UnpackAttestationWithdrawnEvent(log *types.Log) (*InstitutionRegistryAttestationWithdrawn, error) {
	event := "AttestationWithdrawn"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryAttestationWithdrawn)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryAttested represents a Attested event raised by the InstitutionRegistry contract.
type InstitutionRegistryAttested struct {
	Accreditor  [32]byte
	Institution [32]byte
	Expires     uint64
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryAttestedEventName = "Attested"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryAttested) ContractEventName() string {
	return InstitutionRegistryAttestedEventName
}

// UnpackAttestedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Attested(bytes32 indexed accreditor, bytes32 indexed institution, uint64 expires)
func (institutionRegistry *InstitutionRegistry) UnpackAttestedEvent(log *types.Log) (*InstitutionRegistryAttested, error) {
	event := "Attested"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryAttested)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryChangesCancelled represents a ChangesCancelled event raised by the InstitutionRegistry contract.
type InstitutionRegistryChangesCancelled struct {
	Institution [32]byte
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryChangesCancelledEventName = "ChangesCancelled"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryChangesCancelled) ContractEventName() string {
	return InstitutionRegistryChangesCancelledEventName
}

// UnpackChangesCancelledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ChangesCancelled(bytes32 indexed institution)
func (institutionRegistry *InstitutionRegistry) UnpackChangesCancelledEvent(log *types.Log) (*InstitutionRegistryChangesCancelled, error) {
	event := "ChangesCancelled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryChangesCancelled)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryColdKeyChanged represents a ColdKeyChanged event raised by the InstitutionRegistry contract.
type InstitutionRegistryColdKeyChanged struct {
	Institution [32]byte
	ColdKey     common.Address
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryColdKeyChangedEventName = "ColdKeyChanged"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryColdKeyChanged) ContractEventName() string {
	return InstitutionRegistryColdKeyChangedEventName
}

// UnpackColdKeyChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ColdKeyChanged(bytes32 indexed institution, address coldKey)
func (institutionRegistry *InstitutionRegistry) UnpackColdKeyChangedEvent(log *types.Log) (*InstitutionRegistryColdKeyChanged, error) {
	event := "ColdKeyChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryColdKeyChanged)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryColdKeyRecovered represents a ColdKeyRecovered event raised by the InstitutionRegistry contract.
type InstitutionRegistryColdKeyRecovered struct {
	Institution [32]byte
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryColdKeyRecoveredEventName = "ColdKeyRecovered"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryColdKeyRecovered) ContractEventName() string {
	return InstitutionRegistryColdKeyRecoveredEventName
}

// UnpackColdKeyRecoveredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ColdKeyRecovered(bytes32 indexed institution)
func (institutionRegistry *InstitutionRegistry) UnpackColdKeyRecoveredEvent(log *types.Log) (*InstitutionRegistryColdKeyRecovered, error) {
	event := "ColdKeyRecovered"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryColdKeyRecovered)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryColdKeyRecoveryStarted represents a ColdKeyRecoveryStarted event raised by the InstitutionRegistry contract.
type InstitutionRegistryColdKeyRecoveryStarted struct {
	Institution    [32]byte
	NewColdKey     common.Address
	NewRecoveryKey common.Address
	ReadyAt        uint64
	Raw            *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryColdKeyRecoveryStartedEventName = "ColdKeyRecoveryStarted"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryColdKeyRecoveryStarted) ContractEventName() string {
	return InstitutionRegistryColdKeyRecoveryStartedEventName
}

// UnpackColdKeyRecoveryStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ColdKeyRecoveryStarted(bytes32 indexed institution, address newColdKey, address newRecoveryKey, uint64 readyAt)
func (institutionRegistry *InstitutionRegistry) UnpackColdKeyRecoveryStartedEvent(log *types.Log) (*InstitutionRegistryColdKeyRecoveryStarted, error) {
	event := "ColdKeyRecoveryStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryColdKeyRecoveryStarted)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryColdKeyRotationStarted represents a ColdKeyRotationStarted event raised by the InstitutionRegistry contract.
type InstitutionRegistryColdKeyRotationStarted struct {
	Institution [32]byte
	NewColdKey  common.Address
	ReadyAt     uint64
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryColdKeyRotationStartedEventName = "ColdKeyRotationStarted"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryColdKeyRotationStarted) ContractEventName() string {
	return InstitutionRegistryColdKeyRotationStartedEventName
}

// UnpackColdKeyRotationStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ColdKeyRotationStarted(bytes32 indexed institution, address newColdKey, uint64 readyAt)
func (institutionRegistry *InstitutionRegistry) UnpackColdKeyRotationStartedEvent(log *types.Log) (*InstitutionRegistryColdKeyRotationStarted, error) {
	event := "ColdKeyRotationStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryColdKeyRotationStarted)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryEIP712DomainChanged represents a EIP712DomainChanged event raised by the InstitutionRegistry contract.
type InstitutionRegistryEIP712DomainChanged struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryEIP712DomainChangedEventName = "EIP712DomainChanged"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryEIP712DomainChanged) ContractEventName() string {
	return InstitutionRegistryEIP712DomainChangedEventName
}

// UnpackEIP712DomainChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EIP712DomainChanged()
func (institutionRegistry *InstitutionRegistry) UnpackEIP712DomainChangedEvent(log *types.Log) (*InstitutionRegistryEIP712DomainChanged, error) {
	event := "EIP712DomainChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryEIP712DomainChanged)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryInstitutionRegistered represents a InstitutionRegistered event raised by the InstitutionRegistry contract.
type InstitutionRegistryInstitutionRegistered struct {
	Institution  [32]byte
	ColdKey      common.Address
	RecoveryKey  common.Address
	Kind         uint8
	Jurisdiction [2]byte
	SealingKey   [32]byte
	Name         string
	Raw          *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryInstitutionRegisteredEventName = "InstitutionRegistered"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryInstitutionRegistered) ContractEventName() string {
	return InstitutionRegistryInstitutionRegisteredEventName
}

// UnpackInstitutionRegisteredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event InstitutionRegistered(bytes32 indexed institution, address coldKey, address recoveryKey, uint8 kind, bytes2 jurisdiction, bytes32 sealingKey, string name)
func (institutionRegistry *InstitutionRegistry) UnpackInstitutionRegisteredEvent(log *types.Log) (*InstitutionRegistryInstitutionRegistered, error) {
	event := "InstitutionRegistered"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryInstitutionRegistered)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryItemRefused represents a ItemRefused event raised by the InstitutionRegistry contract.
type InstitutionRegistryItemRefused struct {
	Index  *big.Int
	Ref    [32]byte
	Reason uint8
	Raw    *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryItemRefusedEventName = "ItemRefused"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryItemRefused) ContractEventName() string {
	return InstitutionRegistryItemRefusedEventName
}

// UnpackItemRefusedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ItemRefused(uint256 index, bytes32 ref, uint8 reason)
func (institutionRegistry *InstitutionRegistry) UnpackItemRefusedEvent(log *types.Log) (*InstitutionRegistryItemRefused, error) {
	event := "ItemRefused"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryItemRefused)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryRecoveryKeyChangeStarted represents a RecoveryKeyChangeStarted event raised by the InstitutionRegistry contract.
type InstitutionRegistryRecoveryKeyChangeStarted struct {
	Institution    [32]byte
	NewRecoveryKey common.Address
	ReadyAt        uint64
	Raw            *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryRecoveryKeyChangeStartedEventName = "RecoveryKeyChangeStarted"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryRecoveryKeyChangeStarted) ContractEventName() string {
	return InstitutionRegistryRecoveryKeyChangeStartedEventName
}

// UnpackRecoveryKeyChangeStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RecoveryKeyChangeStarted(bytes32 indexed institution, address newRecoveryKey, uint64 readyAt)
func (institutionRegistry *InstitutionRegistry) UnpackRecoveryKeyChangeStartedEvent(log *types.Log) (*InstitutionRegistryRecoveryKeyChangeStarted, error) {
	event := "RecoveryKeyChangeStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryRecoveryKeyChangeStarted)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryRecoveryKeyChanged represents a RecoveryKeyChanged event raised by the InstitutionRegistry contract.
type InstitutionRegistryRecoveryKeyChanged struct {
	Institution [32]byte
	RecoveryKey common.Address
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryRecoveryKeyChangedEventName = "RecoveryKeyChanged"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryRecoveryKeyChanged) ContractEventName() string {
	return InstitutionRegistryRecoveryKeyChangedEventName
}

// UnpackRecoveryKeyChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RecoveryKeyChanged(bytes32 indexed institution, address recoveryKey)
func (institutionRegistry *InstitutionRegistry) UnpackRecoveryKeyChangedEvent(log *types.Log) (*InstitutionRegistryRecoveryKeyChanged, error) {
	event := "RecoveryKeyChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryRecoveryKeyChanged)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryRoleAdminChanged represents a RoleAdminChanged event raised by the InstitutionRegistry contract.
type InstitutionRegistryRoleAdminChanged struct {
	Role              [32]byte
	PreviousAdminRole [32]byte
	NewAdminRole      [32]byte
	Raw               *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryRoleAdminChangedEventName = "RoleAdminChanged"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryRoleAdminChanged) ContractEventName() string {
	return InstitutionRegistryRoleAdminChangedEventName
}

// UnpackRoleAdminChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole)
func (institutionRegistry *InstitutionRegistry) UnpackRoleAdminChangedEvent(log *types.Log) (*InstitutionRegistryRoleAdminChanged, error) {
	event := "RoleAdminChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryRoleAdminChanged)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryRoleGranted represents a RoleGranted event raised by the InstitutionRegistry contract.
type InstitutionRegistryRoleGranted struct {
	Role    [32]byte
	Account common.Address
	Sender  common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryRoleGrantedEventName = "RoleGranted"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryRoleGranted) ContractEventName() string {
	return InstitutionRegistryRoleGrantedEventName
}

// UnpackRoleGrantedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)
func (institutionRegistry *InstitutionRegistry) UnpackRoleGrantedEvent(log *types.Log) (*InstitutionRegistryRoleGranted, error) {
	event := "RoleGranted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryRoleGranted)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryRoleRevoked represents a RoleRevoked event raised by the InstitutionRegistry contract.
type InstitutionRegistryRoleRevoked struct {
	Role    [32]byte
	Account common.Address
	Sender  common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryRoleRevokedEventName = "RoleRevoked"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryRoleRevoked) ContractEventName() string {
	return InstitutionRegistryRoleRevokedEventName
}

// UnpackRoleRevokedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender)
func (institutionRegistry *InstitutionRegistry) UnpackRoleRevokedEvent(log *types.Log) (*InstitutionRegistryRoleRevoked, error) {
	event := "RoleRevoked"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryRoleRevoked)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistrySealingKeyChanged represents a SealingKeyChanged event raised by the InstitutionRegistry contract.
type InstitutionRegistrySealingKeyChanged struct {
	Institution [32]byte
	SealingKey  [32]byte
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistrySealingKeyChangedEventName = "SealingKeyChanged"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistrySealingKeyChanged) ContractEventName() string {
	return InstitutionRegistrySealingKeyChangedEventName
}

// UnpackSealingKeyChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event SealingKeyChanged(bytes32 indexed institution, bytes32 sealingKey)
func (institutionRegistry *InstitutionRegistry) UnpackSealingKeyChangedEvent(log *types.Log) (*InstitutionRegistrySealingKeyChanged, error) {
	event := "SealingKeyChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistrySealingKeyChanged)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistrySuspended represents a Suspended event raised by the InstitutionRegistry contract.
type InstitutionRegistrySuspended struct {
	Institution [32]byte
	By          [32]byte
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistrySuspendedEventName = "Suspended"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistrySuspended) ContractEventName() string {
	return InstitutionRegistrySuspendedEventName
}

// UnpackSuspendedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Suspended(bytes32 indexed institution, bytes32 indexed by)
func (institutionRegistry *InstitutionRegistry) UnpackSuspendedEvent(log *types.Log) (*InstitutionRegistrySuspended, error) {
	event := "Suspended"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistrySuspended)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistrySuspensionLifted represents a SuspensionLifted event raised by the InstitutionRegistry contract.
type InstitutionRegistrySuspensionLifted struct {
	Institution [32]byte
	By          [32]byte
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistrySuspensionLiftedEventName = "SuspensionLifted"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistrySuspensionLifted) ContractEventName() string {
	return InstitutionRegistrySuspensionLiftedEventName
}

// UnpackSuspensionLiftedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event SuspensionLifted(bytes32 indexed institution, bytes32 indexed by)
func (institutionRegistry *InstitutionRegistry) UnpackSuspensionLiftedEvent(log *types.Log) (*InstitutionRegistrySuspensionLifted, error) {
	event := "SuspensionLifted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistrySuspensionLifted)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryTlsKeyAdded represents a TlsKeyAdded event raised by the InstitutionRegistry contract.
type InstitutionRegistryTlsKeyAdded struct {
	Institution [32]byte
	KeyHash     [32]byte
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryTlsKeyAddedEventName = "TlsKeyAdded"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryTlsKeyAdded) ContractEventName() string {
	return InstitutionRegistryTlsKeyAddedEventName
}

// UnpackTlsKeyAddedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event TlsKeyAdded(bytes32 indexed institution, bytes32 indexed keyHash)
func (institutionRegistry *InstitutionRegistry) UnpackTlsKeyAddedEvent(log *types.Log) (*InstitutionRegistryTlsKeyAdded, error) {
	event := "TlsKeyAdded"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryTlsKeyAdded)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryTlsKeyEnding represents a TlsKeyEnding event raised by the InstitutionRegistry contract.
type InstitutionRegistryTlsKeyEnding struct {
	Institution [32]byte
	KeyHash     [32]byte
	ValidUntil  uint64
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryTlsKeyEndingEventName = "TlsKeyEnding"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryTlsKeyEnding) ContractEventName() string {
	return InstitutionRegistryTlsKeyEndingEventName
}

// UnpackTlsKeyEndingEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event TlsKeyEnding(bytes32 indexed institution, bytes32 indexed keyHash, uint64 validUntil)
func (institutionRegistry *InstitutionRegistry) UnpackTlsKeyEndingEvent(log *types.Log) (*InstitutionRegistryTlsKeyEnding, error) {
	event := "TlsKeyEnding"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryTlsKeyEnding)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// InstitutionRegistryTlsKeyRemoved represents a TlsKeyRemoved event raised by the InstitutionRegistry contract.
type InstitutionRegistryTlsKeyRemoved struct {
	Institution [32]byte
	KeyHash     [32]byte
	Raw         *types.Log // Blockchain specific contextual infos
}

const InstitutionRegistryTlsKeyRemovedEventName = "TlsKeyRemoved"

// ContractEventName returns the user-defined event name.
func (InstitutionRegistryTlsKeyRemoved) ContractEventName() string {
	return InstitutionRegistryTlsKeyRemovedEventName
}

// UnpackTlsKeyRemovedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event TlsKeyRemoved(bytes32 indexed institution, bytes32 indexed keyHash)
func (institutionRegistry *InstitutionRegistry) UnpackTlsKeyRemovedEvent(log *types.Log) (*InstitutionRegistryTlsKeyRemoved, error) {
	event := "TlsKeyRemoved"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != institutionRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InstitutionRegistryTlsKeyRemoved)
	if len(log.Data) > 0 {
		if err := institutionRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range institutionRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (institutionRegistry *InstitutionRegistry) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], institutionRegistry.abi.Errors["AccessControlBadConfirmation"].ID.Bytes()[:4]) {
		return institutionRegistry.UnpackAccessControlBadConfirmationError(raw[4:])
	}
	if bytes.Equal(raw[:4], institutionRegistry.abi.Errors["AccessControlUnauthorizedAccount"].ID.Bytes()[:4]) {
		return institutionRegistry.UnpackAccessControlUnauthorizedAccountError(raw[4:])
	}
	if bytes.Equal(raw[:4], institutionRegistry.abi.Errors["InvalidShortString"].ID.Bytes()[:4]) {
		return institutionRegistry.UnpackInvalidShortStringError(raw[4:])
	}
	if bytes.Equal(raw[:4], institutionRegistry.abi.Errors["Refused"].ID.Bytes()[:4]) {
		return institutionRegistry.UnpackRefusedError(raw[4:])
	}
	if bytes.Equal(raw[:4], institutionRegistry.abi.Errors["StringTooLong"].ID.Bytes()[:4]) {
		return institutionRegistry.UnpackStringTooLongError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// InstitutionRegistryAccessControlBadConfirmation represents a AccessControlBadConfirmation error raised by the InstitutionRegistry contract.
type InstitutionRegistryAccessControlBadConfirmation struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AccessControlBadConfirmation()
func InstitutionRegistryAccessControlBadConfirmationErrorID() common.Hash {
	return common.HexToHash("0x6697b23232a647058342c0724fe7c415cab25915b54e5dbc03f233173d37b41c")
}

// UnpackAccessControlBadConfirmationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AccessControlBadConfirmation()
func (institutionRegistry *InstitutionRegistry) UnpackAccessControlBadConfirmationError(raw []byte) (*InstitutionRegistryAccessControlBadConfirmation, error) {
	out := new(InstitutionRegistryAccessControlBadConfirmation)
	if err := institutionRegistry.abi.UnpackIntoInterface(out, "AccessControlBadConfirmation", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// InstitutionRegistryAccessControlUnauthorizedAccount represents a AccessControlUnauthorizedAccount error raised by the InstitutionRegistry contract.
type InstitutionRegistryAccessControlUnauthorizedAccount struct {
	Account    common.Address
	NeededRole [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)
func InstitutionRegistryAccessControlUnauthorizedAccountErrorID() common.Hash {
	return common.HexToHash("0xe2517d3fbfae6f8515ef5ff1ccedc3933ab0cbbda0b492c06eb54ad10ef03b3e")
}

// UnpackAccessControlUnauthorizedAccountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)
func (institutionRegistry *InstitutionRegistry) UnpackAccessControlUnauthorizedAccountError(raw []byte) (*InstitutionRegistryAccessControlUnauthorizedAccount, error) {
	out := new(InstitutionRegistryAccessControlUnauthorizedAccount)
	if err := institutionRegistry.abi.UnpackIntoInterface(out, "AccessControlUnauthorizedAccount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// InstitutionRegistryInvalidShortString represents a InvalidShortString error raised by the InstitutionRegistry contract.
type InstitutionRegistryInvalidShortString struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidShortString()
func InstitutionRegistryInvalidShortStringErrorID() common.Hash {
	return common.HexToHash("0xb3512b0c6163e5f0bafab72bb631b9d58cd7a731b082f910338aa21c83d5c274")
}

// UnpackInvalidShortStringError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidShortString()
func (institutionRegistry *InstitutionRegistry) UnpackInvalidShortStringError(raw []byte) (*InstitutionRegistryInvalidShortString, error) {
	out := new(InstitutionRegistryInvalidShortString)
	if err := institutionRegistry.abi.UnpackIntoInterface(out, "InvalidShortString", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// InstitutionRegistryRefused represents a Refused error raised by the InstitutionRegistry contract.
type InstitutionRegistryRefused struct {
	Reason uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Refused(uint8 reason)
func InstitutionRegistryRefusedErrorID() common.Hash {
	return common.HexToHash("0xbd5adfec51afaec664e2c7b9806097e769d83cb5e3833568d5f905f6ba875686")
}

// UnpackRefusedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Refused(uint8 reason)
func (institutionRegistry *InstitutionRegistry) UnpackRefusedError(raw []byte) (*InstitutionRegistryRefused, error) {
	out := new(InstitutionRegistryRefused)
	if err := institutionRegistry.abi.UnpackIntoInterface(out, "Refused", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// InstitutionRegistryStringTooLong represents a StringTooLong error raised by the InstitutionRegistry contract.
type InstitutionRegistryStringTooLong struct {
	Str string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StringTooLong(string str)
func InstitutionRegistryStringTooLongErrorID() common.Hash {
	return common.HexToHash("0x305a27a93f8e33b7392df0a0f91d6fc63847395853c45991eec52dbf24d72381")
}

// UnpackStringTooLongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StringTooLong(string str)
func (institutionRegistry *InstitutionRegistry) UnpackStringTooLongError(raw []byte) (*InstitutionRegistryStringTooLong, error) {
	out := new(InstitutionRegistryStringTooLong)
	if err := institutionRegistry.abi.UnpackIntoInterface(out, "StringTooLong", raw); err != nil {
		return nil, err
	}
	return out, nil
}
