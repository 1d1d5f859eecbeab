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
	Bin: "0x610160806040523461018a57604081614c658038038091610020828561018e565b83398101031261018a57610119610042602061003b846101c5565b93016101c5565b9160405161005160408261018e565b600c815260208101906b15dc985c1c1e4815985d5b1d60a21b82526040519161007b60408461018e565b600183526020830191603160f81b8352610094816102e2565b610120526100a1846102e2565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a0815261010a60c08261018e565b5190206080523060c0526101d9565b506001600160a01b03811661017a575b6040516148b7908161034e823960805181613b38015260a05181613bef015260c05181613b09015260e05181613b8701526101005181613bad015261012051816115c3015261014051816115ec0152f35b6101839061024f565b505f610129565b5f80fd5b601f909101601f19168101906001600160401b038211908210176101b157604052565b634e487b7160e01b5f52604160045260245ffd5b51906001600160a01b038216820361018a57565b6001600160a01b0381165f9081525f516020614c255f395f51905f52602052604090205460ff1661024a576001600160a01b03165f8181525f516020614c255f395f51905f5260205260408120805460ff191660011790553391905f516020614c055f395f51905f528180a4600190565b505f90565b6001600160a01b0381165f9081525f516020614c455f395f51905f52602052604090205460ff1661024a576001600160a01b03165f8181525f516020614c455f395f51905f5260205260408120805460ff191660011790553391907f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b929905f516020614c055f395f51905f529080a4600190565b601f81511161030d5760208151910151602082106102fe571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816301ffc9a7146126115750806305501e8e14612284578063078983c11461224f5780631d5d26bc146122165780631f52a9de146121fb5780632395f457146121e257806323dadc041461210f578063248a9ca3146120e45780632b6c05f8146120a45780632f2ff15d1461206657806332bf254a14611f8457806336568abe14611f2757806336ba8d2b14611dbb5780633980d04514611d9b5780633fa62bdb14611ce757806354af788614611c87578063618c90501461186857806369b411701461184b578063716214ac14611736578063756bf2541461171b578063780cc538146116e9578063849408af146116bf57806384b0196e146115ab578063883c27f114611590578063896ef09a146114175780638c9b954e1461135357806391d148541461130957806394a7573514611208578063957c0ec314611135578063983d273714611130578063a217fddf14611130578063a27154ba14611115578063a445492714611036578063b178dfd714610ea2578063b27544df14610e23578063c06eae4714610d2b578063c07c952414610a81578063c5104d2514610a4e578063ce9277a614610927578063d458adb6146108d6578063d547741f14610891578063dc9d1e0f14610766578063de479a0214610564578063e3fd2384146103b6578063efdc82a614610382578063f5b541a614610348578063f698da25146103265763fc86b4311461022c575f80fd5b34610322576040600319360112610322576004356102486126c5565b6102506135fe565b815f526003602052600960ff60405f205460a01c16036102f55767ffffffffffffffff16428111156102c85760207f9e53d80129fa70af081137f522afc012bb20be3069423cb514de0d1044a0f76591835f5260038252600460405f20018167ffffffffffffffff19825416179055604051908152a2005b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600360045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600860045260245ffd5b5f80fd5b34610322575f600319360112610322576020610340613aff565b604051908152f35b34610322575f6003193601126103225760206040517f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b9298152f35b34610322576103903661270a565b905f52600760205260405f20905f52602052602060ff60405f2054166040519015158152f35b34610322576103c4366127f1565b90855f95949552600360205260405f20916001600160a01b0385169182158015610551575b610524577f495db7cb9719b8ab12e5a6c4cce3701189317632ce01bc20c3a845698787d5c29667ffffffffffffffff9561047d9460405160208101917fdd8a05300e4068dd50345008194578efde51ca29a8562afb9cec33ebb071e9d983528c60408301526060820152888416608082015288831660a082015260a0815261047260c082612887565b519020918a80613966565b6004810180547fffffffff0000000000000000000000000000000000000000ffffffffffffffff16604085901b7bffffffffffffffffffffffffffffffffffffffff0000000000000000161790558160056104d98242166128ca565b9201911667ffffffffffffffff1982541617815554169061051f6040519283928390929167ffffffffffffffff6020916001600160a01b03604085019616845216910152565b0390a2005b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600760045260245ffd5b506001600160a01b0384541683146103e9565b34610322576105ed61057536612776565b9290916040969495965160208101907f9d23bc09e385da208a9fedc4d374056d4a2579fcbb12eced39f358adfcc60215825288604082015287606082015267ffffffffffffffff8416608082015267ffffffffffffffff831660a082015260a081526105e260c082612887565b519020918688613966565b805f52600760205260405f20825f5260205260ff60405f2054161561070c5780821415806106fa575b6102f557805f52600760205260405f20825f5260205260405f2060ff198154169055805f52600360205260405f205f1963ffffffff825460b81c160163ffffffff81116106cd5781547fffffffffff00000000ffffffffffffffffffffffffffffffffffffffffffffff1660b89190911b7affffffff0000000000000000000000000000000000000000000000161790557f739f8d5497e0adae425b753713ea4434a038ec7c18590d505b8b464a881ada8c5f80a3005b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b50610706600383613819565b15610616565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600660045260245ffd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b34610322576108197f2dc2c2283a87abb5809fc368c97dc348bdc6b41cb94eb243a48c9372cb2ef4f4610798366127f1565b9290916040979495975160208101907f56117d2c035debb880f5139893e934bc3f71a83202cccbb14e4832d8f63ba74f82528960408201526001600160a01b038816606082015267ffffffffffffffff8416608082015267ffffffffffffffff831660a082015260a0815261080e60c082612887565b519020918880613966565b825f52600360205267ffffffffffffffff60405f206108838360058301907fffffffff0000000000000000000000000000000000000000ffffffffffffffff7bffffffffffffffffffffffffffffffffffffffff000000000000000083549260401b169116179055565b8160066104d98242166128ca565b34610322576040600319360112610322576108d46004356108b06126af565b906108cf6108ca825f526002602052600160405f20015490565b613666565b613794565b005b34610322576020600319360112610322576004355f526004602052606060405f2080549061091267ffffffffffffffff60018301541691613ab5565b90604051928352602083015215156040820152f35b34610322576109af61093836612776565b92909160409694965160208101907f23e40849d2bf7b31c18b8a4cb971b5c8eb74518551e5e143e058211075bd7a2c825287604082015288606082015267ffffffffffffffff8416608082015267ffffffffffffffff831660a082015260a081526109a460c082612887565b519020918787613966565b8181141580610a10575b6102f557815f52600760205260405f20815f5260205260ff60405f2054166109e4576108d491612c55565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f526004805260245ffd5b50815f52600660205260405f20815f5260205267ffffffffffffffff60405f2054164210801590156109b95750610a48600382613819565b156109b9565b34610322576040600319360112610322576004356001600160a01b03811681036103225761034060209160243590612b8e565b346103225760206003193601126103225760043567ffffffffffffffff8111610322578060040190610140600319823603011261032257602481013591604482013591610ace83856128ec565b9082359360a4820195610ae087612b28565b9460c4840195610aef87612b28565b90886064870135809b608489019a610b068c612b28565b91610b1090612b28565b90610b1a90612b28565b916040519360208501957f29fc75ac3381c860104a1db07d7ed95d920b3fa0d0db52ff930f3bcebddf9180875260408601528c6060860152608085015267ffffffffffffffff1660a084015267ffffffffffffffff1660c083015267ffffffffffffffff1660e082015260e08152610b9461010082612887565b5190209260e48701610ba591612b3d565b92610bb39491928b80613966565b835f52600460205260405f20546109e45760205f81610bd2878a612ad5565b604051918183925191829101835e8101838152039060025afa15610d20575f5192610124810135906101040135610c0c8484848489613ea7565b90959015610d115750505050505b15610ce457805f5260046020528260405f2055827f1de36f0e3d78faf1509b4e94c854b6c8a30ef7dc8e762ab04d3671a761d4c7085f80a382610c5957005b610c6290612b28565b825f52600460205260405f209082825414801590610cd4575b61070c5767ffffffffffffffff1690428211156102c8577f0c6efa6b1089479a22d95fe365e8eada875e6d65ab877fde652279e73fcd0d32916001602092018167ffffffffffffffff19825416179055604051908152a3005b50610cde82613ab5565b15610c7b565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600160045260245ffd5b610d1b9550613fc3565b610c1a565b6040513d5f823e3d90fd5b3461032257602060031936011261032257600435610d47613576565b805f52600760205260405f205f805260205260ff60405f2054161561070c57805f52600760205260405f205f805260205260405f2060ff198154169055805f52600360205260405f20905f1963ffffffff835460b81c16019163ffffffff83116106cd575f92610dfd91907fffffffffff00000000ffffffffffffffffffffffffffffffffffffffffffffff7affffffff000000000000000000000000000000000000000000000083549260b81b169116179055565b7f739f8d5497e0adae425b753713ea4434a038ec7c18590d505b8b464a881ada8c8280a3005b3461032257602060031936011261032257600435610e3f6135fe565b805f52600360205267ffffffffffffffff600460405f200154161561070c57805f526003602052600460405f200167ffffffffffffffff1981541690557f181324e1b9bfb0f8a8f3dec8de878c32b62258cdf6e06a48d9a577c692716df75f80a2005b3461032257602060031936011261032257600435805f5260036020527f281563076e27831c7ea61d977875b6d074547e5c820aa873f6900802d3a61b0a602060405f20837fea91a57d406a6815941b08e76eb2463379a1374dc1e0924ac64fc57e5e972d0b83600784016001815495610f2467ffffffffffffffff881661374f565b600681016001600160a01b03815460401c169367ffffffffffffffff196001600160a01b038a60401c16991681557fffffffff0000000000000000000000000000000000000000ffffffffffffffff81541690557fffffffff0000000000000000000000000000000000000000ffffffffffffffff81541690556001600160a01b0383167fffffffffffffffffffffffff0000000000000000000000000000000000000000825416178155016001600160a01b0386167fffffffffffffffffffffffff000000000000000000000000000000000000000082541617905560405190847f20e3d592a874c1ddf4c7b8d0626800ad9923cffcaf49c7f7d0b13c6a48b50ef75f80a28152a2604051908152a2005b3461032257602060031936011261032257600435805f5260036020527fea91a57d406a6815941b08e76eb2463379a1374dc1e0924ac64fc57e5e972d0b602060405f20600581019081549161109467ffffffffffffffff841661374f565b600482019067ffffffffffffffff196001600160a01b03835460401c16941690557fffffffff0000000000000000000000000000000000000000ffffffffffffffff81541690556001600160a01b0382167fffffffffffffffffffffffff0000000000000000000000000000000000000000825416179055604051908152a2005b34610322575f60031936011261032257602060405160038152f35b6127d7565b34610322576111b261114636612776565b92909160409694965160208101907f4db7b244581c8b4c4927e42548ea4dacb4ffc431bec3f7a44fdf47c350d2c7c1825287604082015288606082015267ffffffffffffffff8416608082015267ffffffffffffffff831660a082015260a081526109a460c082612887565b815f52600660205260405f20815f5260205267ffffffffffffffff60405f2054161561070c576111e281836139b0565b7f473f72948ca64df9edf674a6f4c0d4e27a78977f48800adfbebe74cd3099a7775f80a3005b346103225761129061121936612776565b92909160409694965160208101907fcc9cd336689440f3e97791b8016b534d4f799c19763a49ccccfbd38a1522de26825287604082015288606082015267ffffffffffffffff8416608082015267ffffffffffffffff831660a082015260a0815261128560c082612887565b519020918680613966565b815f52600460205260405f208181540361070c57600101805460ff8160401c166109e4577fffffffffffffffffffffffffffffffffffffffffffffff00ffffffffffffffff16680100000000000000001790557f77e92d33db4e853d40a090bd76564e89a0732458b0784bbf2d26de97e9d7fb415f80a3005b34610322576040600319360112610322576113226126af565b6004355f5260026020526001600160a01b0360405f2091165f52602052602060ff60405f2054166040519015158152f35b34610322576113fe7f6b226bf8a10a196beed55b1521ce86b4e96fb13cb6ada12d64d86285f5f412f3602061138736612776565b92909160409894959851878101907f572643a1f17b5667645d6b42c8c0126c9966c30e6cfce19b00ed17b234b741f682528a604082015287606082015267ffffffffffffffff8416608082015267ffffffffffffffff831660a082015260a081526113f360c082612887565b519020918980613966565b835f526003825280600260405f200155604051908152a2005b34610322576080600319360112610322576004356114336126c5565b60443567ffffffffffffffff8116808203610322576064359267ffffffffffffffff84116103225761146c6114c49436906004016126dc565b93909260405160208101917fadcc16d43c9eb7c9a2d2545e06d429c9716100398653e1e236bd3a929d1c9bc1835288604083015267ffffffffffffffff8516606083015260808201526080815261128560a082612887565b805f52600360205260405f2067ffffffffffffffff600582015416158061157a575b61070c576005810180546004830180547fffffffff0000000000000000000000000000000000000000ffffffffffffffff1690556006909201805467ffffffffffffffff191690557fffffffff0000000000000000000000000000000000000000000000000000000090911690557ffe33b9724d73777f28c20676b206c66a766e5034b90e43314a5cbb08724826855f80a2005b5067ffffffffffffffff600682015416156114e6565b34610322575f60031936011261032257602060405160088152f35b34610322575f600319360112610322576116636115e77f0000000000000000000000000000000000000000000000000000000000000000613e50565b6116107f0000000000000000000000000000000000000000000000000000000000000000613e50565b6020611671604051926116238385612887565b5f84525f3681376040519586957f0f00000000000000000000000000000000000000000000000000000000000000875260e08588015260e0870190612751565b908582036040870152612751565b4660608501523060808501525f60a085015283810360c08501528180845192838152019301915f5b8281106116a857505050500390f35b835185528695509381019392810192600101611699565b346103225760206003193601126103225760206116df60036004356138a3565b6040519015158152f35b34610322576117176117036116fd3661270a565b90612ad5565b604051918291602083526020830190612751565b0390f35b34610322575f60031936011261032257602060405160808152f35b3461032257602060031936011261032257600435611752613576565b805f5260036020526001600160a01b0360405f2054161561070c57805f52600760205260405f205f805260205260ff60405f2054166109e457805f52600760205260405f205f805260205260405f20600160ff19825416179055805f52600360205260405f2090600163ffffffff835460b81c16019163ffffffff83116106cd575f9261182591907fffffffffff00000000ffffffffffffffffffffffffffffffffffffffffffffff7affffffff000000000000000000000000000000000000000000000083549260b81b169116179055565b7fcef3e3561a76e33b43bb64b06278c7be187f9804107810eb4b441c1daa6e26788280a3005b34610322575f6003193601126103225760206040516202a3008152f35b3461032257602060031936011261032257604051610240810181811067ffffffffffffffff821117611c5a576040525f81525f60208201525f60408201525f60608201525f6080820152606060a08201525f60c08201525f60e08201525f6101008201525f6101208201525f6101408201525f6101608201525f6101808201525f6101a08201525f6101c08201525f6101e08201525f6102008201525f6102208201526004355f52600360205260405f2080546001600160a01b03811683526001820154906001600160a01b038216602085015260ff8160a01c1660408501527fffff0000000000000000000000000000000000000000000000000000000000008160481b1660608501526002830154608085015260038301604051905f9080549061199382612a84565b8085529160018116908115611c295750600114611be2575b8767ffffffffffffffff6007896001600160a01b038a63ffffffff8b8b6119d4818d0382612887565b60a089015260b81c16151560c08701526119f160036004356138a3565b151560e0870152611a056003600435613819565b15156101008701528460048401549181831661012089015260a01c1661014087015260401c166101608501526001600160a01b03600582015484811661018087015260401c166101a08501526001600160a01b0360068201548481166101c087015260401c166101e085015201546001600160a01b038160401c16610200840152166102208201526040518091602082526001600160a01b0381511660208301526001600160a01b03602082015116604083015260ff60408201511660608301527fffff0000000000000000000000000000000000000000000000000000000000006060820151166080830152608081015160a083015267ffffffffffffffff610220611b2360a084015161024060c0870152610260860190612751565b9260c0810151151560e086015260e081015115156101008601526101008101511515610120860152826101208201511661014086015282610140820151166101608601526001600160a01b036101608201511661018086015282610180820151166101a08601526001600160a01b036101a0820151166101c0860152826101c0820151166101e08601526001600160a01b036101e0820151166102008601526001600160a01b0361020082015116828601520151166102408301520390f35b5f908152602081209092505b818310611c0f575050810160200163ffffffff67ffffffffffffffff6119ab565b600181602092949394548385880101520191019190611bee565b60ff191660208087019190915292151560051b8501909201925063ffffffff915067ffffffffffffffff90506119ab565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b346103225760206003193601126103225760043567ffffffffffffffff811161032257806004019061012060031982360301126103225781611cdd611ce2926024611cd46108d4966129e4565b91013590612b8e565b612d46565b61353a565b346103225760206003193601126103225760043567ffffffffffffffff811161032257611d18903690600401612720565b905f5b828110611d2457005b611d37611d32828585612a44565b6132f9565b90600c8210156107395781600192611d51575b5001611d1b565b7fb21417200183ed90908131120457faf997d861ad713b2ff15556ae1916fbfecb906020611d80848888612a44565b0135611d9260405192839286846129f8565b0390a184611d4a565b346103225760206003193601126103225760206116df6003600435613819565b3461032257602060031936011261032257600435805f52600560205260405f2090604051808160208554928381520180955f5260205f20925f5b818110611f0e575050611e0a92500382612887565b805190611e2f611e1983612a18565b92611e276040519485612887565b808452612a18565b92601f196020840194013685375f5b8251811015611e8657600190825f52600660205260405f20611e608286612a30565b515f5260205267ffffffffffffffff60405f205416611e7f8287612a30565b5201611e3e565b5050919092604051938493604085019060408652518091526060850192905f5b818110611ef5575050506020908483038286015251918281520191905f5b818110611ed2575050500390f35b825167ffffffffffffffff16845285945060209384019390920191600101611ec4565b8251855287965060209485019490920191600101611ea6565b8454835260019485019486945060209093019201611df5565b3461032257604060031936011261032257611f406126af565b336001600160a01b03821603611f5c576108d490600435613794565b7f6697b232000000000000000000000000000000000000000000000000000000005f5260045ffd5b3461032257602060031936011261032257600435805f5260036020527f281563076e27831c7ea61d977875b6d074547e5c820aa873f6900802d3a61b0a602060405f2060016006820191825492611fe467ffffffffffffffff851661374f565b600582019067ffffffffffffffff196001600160a01b03835460401c16951690557fffffffff0000000000000000000000000000000000000000ffffffffffffffff8154169055016001600160a01b0382167fffffffffffffffffffffffff0000000000000000000000000000000000000000825416179055604051908152a2005b34610322576040600319360112610322576108d46004356120856126af565b9061209f6108ca825f526002602052600160405f20015490565b6136c0565b346103225760206003193601126103225760043567ffffffffffffffff81116103225760c0600319823603011261032257611ce26108d4916004016132f9565b346103225760206003193601126103225760206103406004355f526002602052600160405f20015490565b346103225760206003193601126103225760043567ffffffffffffffff811161032257612140903690600401612720565b5f5b81811061214b57005b61217661216161215c838587612977565b6129e4565b602061216e848688612977565b013590612b8e565b9061218b612185828587612977565b83612d46565b91600c83101561073957826001936121a6575b505001612142565b7fb21417200183ed90908131120457faf997d861ad713b2ff15556ae1916fbfecb916121d860405192839286846129f8565b0390a1848061219e565b346103225760206103406121f53661270a565b906128ec565b34610322575f60031936011261032257602060405160098152f35b34610322576122243661270a565b905f52600860205260405f20905f52602052602067ffffffffffffffff60405f205416604051908152f35b34610322576020600319360112610322576004355f526003602052602063ffffffff60405f205460b81c161515604051908152f35b346103225760c0600319360112610322576004356122a06126af565b6044356001600160a01b038116908181036103225760643567ffffffffffffffff811692838203610322576084359167ffffffffffffffff83168093036103225760a43567ffffffffffffffff8111610322576123019036906004016126dc565b949095885f52600360205260405f209560018701978854966001600160a01b03881690811561070c576001600160a01b038c16988915610524578142116125e45760a01c67ffffffffffffffff1685036125b7576123ba948d916040519160208301937f8da521756d08f06ed262ec6f1b3aa395bf35862cead1fd3b233bff4ba302f9d1855260408401528b60608401528a608084015260a083015260c082015260c081526123b160e082612887565b51902090612be3565b15610ce4576005850180546004870180547fffffffff0000000000000000000000000000000000000000ffffffffffffffff16905560068701805467ffffffffffffffff191690557fffffffff0000000000000000000000000000000000000000000000000000000016905587967f0c6d9c2eea36df10dc25a64317e656c1421f63fba6557c412eadb70ad26ceca59660609667ffffffffffffffff9461255b9360079361250b92612470906128aa565b6128aa565b7fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff7bffffffffffffffff000000000000000000000000000000000000000083549260a01b16911617905560068301907fffffffff0000000000000000000000000000000000000000ffffffffffffffff7bffffffffffffffffffffffffffffffffffffffff000000000000000083549260401b169116179055565b019182907fffffffff0000000000000000000000000000000000000000ffffffffffffffff7bffffffffffffffffffffffffffffffffffffffff000000000000000083549260401b169116179055565b816125678142166128ca565b1667ffffffffffffffff1982541617815554169060405192835260208301526040820152a2805f52600760205260405f20815f5260205260ff60405f205416156125ad57005b806108d491612c55565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600960045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600260045260245ffd5b3461032257602060031936011261032257600435907fffffffff00000000000000000000000000000000000000000000000000000000821680920361032257817f7965db0b0000000000000000000000000000000000000000000000000000000060209314908115612685575b5015158152f35b7f01ffc9a7000000000000000000000000000000000000000000000000000000009150148361267e565b602435906001600160a01b038216820361032257565b6024359067ffffffffffffffff8216820361032257565b9181601f840112156103225782359167ffffffffffffffff8311610322576020838186019501011161032257565b6003196040910112610322576004359060243590565b9181601f840112156103225782359167ffffffffffffffff8311610322576020808501948460051b01011161032257565b90601f19601f602080948051918291828752018686015e5f8582860101520116010190565b60a060031982011261032257600435916024359160443567ffffffffffffffff81168103610322579160643567ffffffffffffffff8116810361032257916084359067ffffffffffffffff8211610322576127d3916004016126dc565b9091565b34610322575f6003193601126103225760206040515f8152f35b60a060031982011261032257600435916024356001600160a01b0381168103610322579160443567ffffffffffffffff81168103610322579160643567ffffffffffffffff8116810361032257916084359067ffffffffffffffff8211610322576127d3916004016126dc565b90600c8210156107395752565b6060810190811067ffffffffffffffff821117611c5a57604052565b90601f601f19910116810190811067ffffffffffffffff821117611c5a57604052565b67ffffffffffffffff60019116019067ffffffffffffffff82116106cd57565b67ffffffffffffffff6202a3009116019067ffffffffffffffff82116106cd57565b905f6020916040938385516129018782612887565b601b815201917f3059301306072a8648ce3d020106082a8648ce3d0301070342000400000000008352855191601b86840194855e603b830152605b820152605b815261294e607b82612887565b8451918291518091835e8101838152039060025afa1561296e57505f5190565b513d5f823e3d90fd5b91908110156129b75760051b810135907ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee181360301821215610322570190565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b356001600160a01b03811681036103225790565b604090612a169395949295606082019682526020820152019061285e565b565b67ffffffffffffffff8111611c5a5760051b60200190565b80518210156129b75760209160051b010190565b91908110156129b75760051b810135907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff4181360301821215610322570190565b90600182811c92168015612acb575b6020831014612a9e57565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602260045260245ffd5b91607f1691612a93565b90604051917fc48dd77bed88a7c9ddc66174045f09a33903348129789a82c8f1c868b15a44946020840152466040840152306060840152608083015260a082015260a08152612b2560c082612887565b90565b3567ffffffffffffffff811681036103225790565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe181360301821215610322570180359067ffffffffffffffff82116103225760200191813603831361032257565b90604051906001600160a01b0360208301937f93033590779054bc44e81ab4db4669a3de1e85b320f7cb43ef907e178662e4d18552166040830152606082015260608152612bdd608082612887565b51902090565b9290916042612c2c93612bf4613aff565b90604051917f190100000000000000000000000000000000000000000000000000000000000083526002830152602282015220613c15565b50600481101561073957159182612c4257505090565b6001600160a01b03919250811691161490565b805f52600760205260405f20825f5260205260405f20600160ff19825416179055805f52600360205260405f20600163ffffffff825460b81c160163ffffffff81116106cd5781547fffffffffff00000000ffffffffffffffffffffffffffffffffffffffffffffff1660b89190911b7affffffff0000000000000000000000000000000000000000000000161790557fcef3e3561a76e33b43bb64b06278c7be187f9804107810eb4b441c1daa6e26785f80a3565b3560ff811681036103225790565b357fffff000000000000000000000000000000000000000000000000000000000000811681036103225790565b9060e0810167ffffffffffffffff612d5d82612b28565b1642116132f15760c0820191612d738382612b3d565b6060830192915060ff612d8584612d0b565b16159081156132da575b81156132d1575b81156132c6575b5080156132a6575b8015613285575b61327b57845f52600360205260405f20906001600160a01b03825416613270576040810194612dda866129e4565b92612de485612d0b565b6080840196612df288612d19565b9560a086013596612e038688612b3d565b94909367ffffffffffffffff8611611c5a57604051612e2c601f8801601f191660200182612887565b86815260208101933688880111610322578f96612e88867fffff000000000000000000000000000000000000000000000000000000000000945f60208d612f199e60ff9767ffffffffffffffff9d378301015251902094612b28565b946001600160a01b036040519860208a019a7f3b7b061b27d8e237aaeaca1039cb5852a47b451d274baf16f272fa6e6106e63e8c5260408b01521660608901521660808701521660a08501528960c085015260e0840152166101008201526101008152612ef761012082612887565b519020612f03856129e4565b612f11610100870187612b3d565b929091612be3565b15613263576001600160a01b03612f2f846129e4565b167fffffffffffffffffffffffff0000000000000000000000000000000000000000825416178155612f60876129e4565b6001600160a01b036001830191167fffffffffffffffffffffffff0000000000000000000000000000000000000000825416179055612f9e85612d0b565b81547fffffffffffffffffff000000ffffffffffffffffffffffffffffffffffffffff74ff000000000000000000000000000000000000000076ffff00000000000000000000000000000000000000000080612ff98c612d19565b60481c16169360a01b16911617178155836002820155600361301b8385612b3d565b919092019167ffffffffffffffff8211611c5a576130398354612a84565b601f8111613212575b505f90601f831160011461314d57957fffff000000000000000000000000000000000000000000000000000000000000601f199660ff6130f9601f986001600160a01b039d97987f8bd258e1c44234ce6e470d5160c404595731b30a7ad5faa22a15791a756797309f9c998f9a60e09f9982915f92613142575b50505f198260011b9260031b1c19161790555b6130f36130ed6130e76130e1876129e4565b9e6129e4565b98612d0b565b98612d19565b93612b3d565b97889791966040519e8f9d168d521660208c01521660408a0152166060880152608087015260c060a08701528160c0870152868601375f85828601015201168101030190a25f90565b013590505f806130bc565b601f19831691845f5260205f20925f5b8181106131fa57509660ff6130f9601f986001600160a01b039d97987f8bd258e1c44234ce6e470d5160c404595731b30a7ad5faa22a15791a756797309f9c968f9a60e09f99600192601f199f99837fffff0000000000000000000000000000000000000000000000000000000000009b106131e1575b505050811b0190556130cf565b5f1960f88560031b161c199101351690555f80806131d4565b9193602060018192878701358155019501920161315d565b8281111561304257835f5260205f20601f840160051c906020851061325b575b81601f9101920160051c03905f5b82811061324e575050613042565b5f82820155600101613240565b5f9150613232565b5050505050505050600190565b505050505050600490565b5050505050600790565b506132a061329560808301612d19565b60011a60f81b613c49565b15612dac565b506132c06132b660808301612d19565b5f1a60f81b613c49565b15612da5565b60809150115f612d9d565b80159150612d96565b9050600960ff6132e985612d0b565b161190612d8f565b505050600290565b8035602082013591604081016133c161331182612b28565b926060810193858767ffffffffffffffff61332b88612b28565b938160808701958161333c88612b28565b936040519660208801987f39a59a71d6302decf394d6f275410d6017aaa347161af9329bae48ec33594f558a52604089015260608801521660808601521660a08401521660c082015260c0815261339460e082612887565b5190206133b76133ac6133a688612b28565b93612b28565b9360a0810190612b3d565b9390928989613cc1565b600c811015610739578061353257506133d981612b28565b67ffffffffffffffff429116111561352957835f5260036020526001600160a01b0360405f2054161561352057838314801561350e575b6134f457835f52600660205260405f20835f5260205267ffffffffffffffff60405f20541615806134fd575b6134f4576134df60209161347361246b7f399da9c890eb23e0b2daa5f6762226e903a98af178ba8af654265e140d0c635095612b28565b855f526008845260405f20875f52845267ffffffffffffffff60405f20911667ffffffffffffffff198254161790556134ab81612b28565b865f526006845260405f20865f52845267ffffffffffffffff60405f20911667ffffffffffffffff19825416179055612b28565b67ffffffffffffffff60405191168152a35f90565b50505050600890565b506135088385613d75565b1561343c565b5061351a600384613819565b15613410565b50505050600690565b50505050600390565b935050505090565b600c811015610739578061354b5750565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b335f9081527f6bc781d8c7f9885ebbb3cefbc18932c491038e2ae5c5b56447891e0bd98ea163602052604090205460ff16156135ae57565b7fe2517d3f000000000000000000000000000000000000000000000000000000005f52336004527f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b92960245260445ffd5b335f9081527fac33ff75c19e70fe83507db0d683fd3465c996598dc972688b7ace676c89077b602052604090205460ff161561363657565b7fe2517d3f000000000000000000000000000000000000000000000000000000005f52336004525f60245260445ffd5b805f52600260205260405f206001600160a01b0333165f5260205260ff60405f205416156136915750565b7fe2517d3f000000000000000000000000000000000000000000000000000000005f523360045260245260445ffd5b805f52600260205260405f206001600160a01b0383165f5260205260ff60405f205416155f1461374957805f52600260205260405f206001600160a01b0383165f5260205260405f20600160ff198254161790556001600160a01b03339216907f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d5f80a4600190565b50505f90565b67ffffffffffffffff16801561070c57421061376757565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600b60045260245ffd5b805f52600260205260405f206001600160a01b0383165f5260205260ff60405f2054165f1461374957805f52600260205260405f206001600160a01b0383165f5260205260405f2060ff1981541690556001600160a01b03339216907ff6391f5c32d9c69d2a47ea670b442974b53935d1edc7fd64eb21e047a839171b5f80a4600190565b805f52600360205260405f208054600960ff8260a01c16149081159161387b575b5061387457600401544267ffffffffffffffff9091161191821561385d57505090565b9091505f1981019081116106cd57612b25916138a3565b5050505f90565b60b81c63ffffffff16151590505f61383a565b80548210156129b7575f5260205f2001905f90565b90801561374957815f52600560205260405f20905f928254935b8481106138cd5750505050505f90565b6138df825f52600660205260405f2090565b6139236139166139086138f2858961388e565b90549060031b1c4294905f5260205260405f2090565b5467ffffffffffffffff1690565b67ffffffffffffffff1690565b1180613940575b613936576001016138bd565b5050505050600190565b506139618361395c613952848861388e565b90549060031b1c90565b613819565b61392a565b95611ce2919561397d9561246b949586898b613cc1565b915f52600860205260405f20905f5260205267ffffffffffffffff60405f20911667ffffffffffffffff19825416179055565b919091805f52600660205260405f20835f5260205260405f2067ffffffffffffffff1981541690555f52600560205260405f2080545f1981019081116106cd575f5b81811115613a01575050509050565b84613a0c828561388e565b90549060031b1c14613a28575f1981146106cd576001016139f2565b91929350613a4a613a3c613a60928561388e565b90549060031b1c928461388e565b81939154905f199060031b92831b921b19161790565b905580548015613a88575f190190613a78828261388e565b5f1982549160031b1b1916905555565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603160045260245ffd5b805415159081613aec575b81613ac9575090565b6001015467ffffffffffffffff16801591508115613ae5575090565b9050421090565b600181015460401c60ff16159150613ac0565b6001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016301480613bec575b15613b5a577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a08152612bdd60c082612887565b507f00000000000000000000000000000000000000000000000000000000000000004614613b31565b9060418303613c3f57613c389250602081013591604082359201355f1a90614377565b9192909190565b50505f9160029190565b7fff00000000000000000000000000000000000000000000000000000000000000167f41000000000000000000000000000000000000000000000000000000000000008110159081613c99575090565b7f5a000000000000000000000000000000000000000000000000000000000000009150111590565b5f81815260036020526040902080546001600160a01b031697969594908815613d67576007015467ffffffffffffffff16613d5a5767ffffffffffffffff164211613d4e575f52600860205260405f20905f5260205267ffffffffffffffff8060405f205416911603613d4557613d3793612be3565b15613d40575f90565b600190565b50505050600990565b50505050505050600290565b5050505050505050600a90565b505050505050505050600690565b90815f52600560205260405f20805460088110613e2957505f5b8154811015613e2157835f52600660205260405f20613dae828461388e565b90549060031b1c5f526020524267ffffffffffffffff60405f2054161115613dd857600101613d8f565b613a4a91613e1a93945f52600660205260405f20613df6838361388e565b90549060031b1c5f5260205260405f2067ffffffffffffffff19815416905561388e565b9055600190565b505050505f90565b91925068010000000000000000821015611c5a5781613a4a916001613e1a9401815561388e565b60ff811690601f8211613e7f5760405191613e6c604084612887565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b90919293613eb584846143f9565b158015613fb2575b15613ece5750505050505f90600190565b6020945f9460a094604051948552878501526040840152606083015260808201528280526101005afa15613fb0575f5115613f0b57600190600190565b60205f60a06040517fbb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca6050238152600584820152600160408201527fa71af64de5126a4a4e02b7922d66ce9415ce88a4c9d25514d91082c8725ac95760608201527f5d47723c8fbe580bb369fec9c2665d8e30a435b9932645482e7c9f11e872296b60808201528280526101005afa15613fb0575f5115613faa575f90600190565b5f905f90565bfe5b50613fbd8186614470565b15613ebd565b91909392613fd182866143f9565b158015614366575b61435d5760405193610200613fee8187612887565b5f5b81811061434857505060209261418a5f9360c0936040516140108161286b565b868152868882015286604082015289526040519161402d8361286b565b825286820152600160408201528588019081528761417b6040516140508161286b565b7f6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c29681527f4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f589820152600160408201526080830190815261416c61415d6140b6865161451c565b92604086019384526140c8815161451c565b9061010087019182526140de8851865190614559565b96606081019788526140f38951835190614559565b60a08201526141058651835190614559565b8c8201526141168851835190614559565b60e08201526141288951845190614559565b61012082015261413b8651845190614559565b6101408201526101606141518951855190614559565b91015251905190614559565b6101808d018181529551614559565b6101a08c015251835190614559565b6101c08a015251905190614559565b6101e087015260405190848252848083015284604083015260608201527fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f60808201527fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63255160a082015260055afa5f51901561433657807fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551809286959495099309905f905f925f945f915b6080831061427257505050509161426c917fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551936147fd565b50061490565b86614314575b8160fe1c600c8260fc1c16176040614290828761450b565b5101516142ac575b5060019060021b9160021b92019190614234565b9691959094826142f0575050506142c3858361450b565b515193600160406142e360206142d98a8861450b565b510151988661450b565b5101519695945b90614298565b906143099291614303600198998761450b565b5161460b565b9691959095946142ea565b9395614325919561432b9397614578565b91614578565b959194909493614278565b634e487b715f5260126020526024601cfd5b6020906143536144ed565b8189015201613ff0565b50505050505f90565b506143718482614470565b15613fd9565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a084116143ee579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa15610d20575f516001600160a01b038116156143e457905f905f90565b505f906001905f90565b5050505f9160039190565b908115159182614446575b508161443c575b81614414575090565b7f7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a89150111590565b801515915061440b565b7fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc6325511191505f614404565b7fffffffff00000001000000000000000000000000ffffffffffffffffffffffff80807f5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b8185817fffffffff00000001000000000000000000000000fffffffffffffffffffffffc81838009080908818580091493109110161690565b604051906144fa8261286b565b5f6040838281528260208201520152565b9060108110156129b75760051b0190565b61453c906145286144ed565b508051906040602082015191015191614578565b906040519261454a8461286b565b83526020830152604082015290565b61453c916145656144ed565b508051604060208301519201519261460b565b9290917fffffffff00000001000000000000000000000000ffffffffffffffffffffffff80918180868009968180808a818080808a800980097fffffffff00000001000000000000000000000000fffffffffffffffffffffffc09818088800960030908940960040991818080808087600209810381868009089c80096008098103938b82039008900908940960020990565b91939092935f945f945f946040810151907fffffffff00000001000000000000000000000000ffffffffffffffffffffffff8280097fffffffff00000001000000000000000000000000ffffffffffffffffffffffff858009927fffffffff00000001000000000000000000000000ffffffffffffffffffffffff80878609602085015109917fffffffff00000001000000000000000000000000ffffffffffffffffffffffff808681868103818d8189890990090896510991818381039189090890811585151694855f1461478c5750505050506001146146ee575b50505050565b7fffffffff00000001000000000000000000000000ffffffffffffffffffffffff8080809a508699508097985080969381808087819998099d838f94097fffffffff00000001000000000000000000000000fffffffffffffffffffffffc09818088800960030908940960040991818080808087600209810381868009089c80096008098103938b820390089009089409600209905f8080806146e8565b929b50935096507fffffffff00000001000000000000000000000000ffffffffffffffffffffffff80808080809c9d50809a995080985080969f508b8009809709958a098180876002098103818381038188800908089d098103938c8203900890090895099009905f8080806146e8565b929180156148ad575f60c060209260405190848252848083015284604083015260608201527fffffffff00000001000000000000000000000000fffffffffffffffffffffffd60808201527fffffffff00000001000000000000000000000000ffffffffffffffffffffffff60a082015260055afa905f519115614336577fffffffff00000001000000000000000000000000ffffffffffffffffffffffff828180828196098097099509900990565b505090505f905f90562f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0dac33ff75c19e70fe83507db0d683fd3465c996598dc972688b7ace676c89077b6bc781d8c7f9885ebbb3cefbc18932c491038e2ae5c5b56447891e0bd98ea163",
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
