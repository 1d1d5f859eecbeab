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

// ContactSignature is an auto generated low-level Go binding around an user-defined struct.
type ContactSignature struct {
	Contact   uint8
	Signature []byte
}

// IdentityItem is an auto generated low-level Go binding around an user-defined struct.
type IdentityItem struct {
	RootKey      common.Address
	RecoveryHash [32]byte
	Salt         [32]byte
	Deadline     uint64
	Signature    []byte
}

// IdentityState is an auto generated low-level Go binding around an user-defined struct.
type IdentityState struct {
	Key              common.Address
	RecoveryHash     [32]byte
	Nonce            uint64
	RecoveryNonce    uint64
	CancelUsed       bool
	RotationKey      common.Address
	RotationReadyAt  uint64
	ContactsHash     [32]byte
	ContactsReadyAt  uint64
	RecoveryKey      common.Address
	RecoveryNextHash [32]byte
	RecoveryReadyAt  uint64
	RecoveryHigher   bool
}

// KeyFrom is an auto generated low-level Go binding around an user-defined struct.
type KeyFrom struct {
	FromBlock uint64
	Key       common.Address
}

// RecoverySet is an auto generated low-level Go binding around an user-defined struct.
type RecoverySet struct {
	Threshold       uint8
	HigherThreshold uint8
	Contacts        []common.Address
	Salt            [32]byte
}

// KeyRegistryMetaData contains all meta data concerning the KeyRegistry contract.
var KeyRegistryMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[],\"name\":\"CheckpointUnorderedInsertion\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidShortString\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"enumRefusal\",\"name\":\"reason\",\"type\":\"uint8\"}],\"name\":\"Refused\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"str\",\"type\":\"string\"}],\"name\":\"StringTooLong\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"ChangesCancelled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"newRecoveryHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"ContactsChangeStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"recoveryHash\",\"type\":\"bytes32\"}],\"name\":\"ContactsChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"EIP712DomainChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"enumRefusal\",\"name\":\"reason\",\"type\":\"uint8\"}],\"name\":\"ItemRefused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"KeyChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"}],\"name\":\"RecoveryCancelled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"RecoveryCompleted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"newKey\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"newRecoveryHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"RecoveryStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"Registered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"newKey\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"RotationStarted\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"DELAY\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_CONTACTS\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"cancelChanges\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"cancelRecovery\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"newRecoveryHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"changeContacts\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"currentKey\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"domainSeparator\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"finaliseContacts\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"finaliseRecovery\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"finaliseRotation\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"frozen\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"rootKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"recoveryHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"name\":\"idOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"identityOf\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"recoveryHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"recoveryNonce\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"cancelUsed\",\"type\":\"bool\"},{\"internalType\":\"address\",\"name\":\"rotationKey\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"rotationReadyAt\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"contactsHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"contactsReadyAt\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"recoveryKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"recoveryNextHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"recoveryReadyAt\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"recoveryHigher\",\"type\":\"bool\"}],\"internalType\":\"structIdentityState\",\"name\":\"state\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"}],\"name\":\"keyAt\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"keyHistory\",\"outputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"fromBlock\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"internalType\":\"structKeyFrom[]\",\"name\":\"history\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"newKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"newRecoveryHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"threshold\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"higherThreshold\",\"type\":\"uint8\"},{\"internalType\":\"address[]\",\"name\":\"contacts\",\"type\":\"address[]\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structRecoverySet\",\"name\":\"set\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"contact\",\"type\":\"uint8\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structContactSignature[]\",\"name\":\"signatures\",\"type\":\"tuple[]\"}],\"name\":\"recover\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"uint8\",\"name\":\"threshold\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"higherThreshold\",\"type\":\"uint8\"},{\"internalType\":\"address[]\",\"name\":\"contacts\",\"type\":\"address[]\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structRecoverySet\",\"name\":\"set\",\"type\":\"tuple\"}],\"name\":\"recoveryHashOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"rootKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"recoveryHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"register\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"rootKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"recoveryHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structIdentityItem[]\",\"name\":\"items\",\"type\":\"tuple[]\"}],\"name\":\"registerBatch\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"newKey\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"rotate\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "KeyRegistry",
	Bin: "0x6101606040523461012c57604051610018604082610130565b600c815260208101906b15dc985c1c1e4815985d5b1d60a21b825260405191610042604084610130565b600183526020830191603160f81b835261005b81610167565b6101205261006884610167565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a081526100d160c082610130565b5190206080523060c052604051612adb90816101d38239608051816126f2015260a051816127a9015260c051816126c3015260e051816127410152610100518161276701526101205181610fd501526101405181610ffe0152f35b5f80fd5b601f909101601f19168101906001600160401b0382119082101761015357604052565b634e487b7160e01b5f52604160045260245ffd5b601f815111610192576020815191015160208210610183571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe60806040526004361015610011575f80fd5b5f3560e01c80630388fd88146101645780630b5854341461015f5780630ea7d1f31461015a57806327680443146101555780633a9e358a146101505780633b3211251461014b5780633c0b9b0c1461014657806344d666ea14610141578063485ed8dd1461013c5780634fc9c91a1461013757806369b411701461013257806384b0196e1461012d578063896ef09a146101285780639d265f2f14610123578063b00d79d11461011e578063b178dfd714610119578063b91532b514610114578063c006471e1461010f578063c34da1ea1461010a578063c884592d146101055763f698da2514610100575f80fd5b61179f565b611771565b6116a7565b61158f565b611556565b6113b3565b611398565b61122a565b6110d6565b610fbd565b610f7b565b610d94565b610b30565b61085c565b61051b565b610421565b6103ab565b610364565b6102b7565b610238565b61017b565b908160809103126101775790565b5f80fd5b346101775760206003193601126101775760043567ffffffffffffffff8111610177576101b66101b16020923690600401610169565b61188c565b604051908152f35b73ffffffffffffffffffffffffffffffffffffffff1690565b73ffffffffffffffffffffffffffffffffffffffff81160361017757565b67ffffffffffffffff81160361017757565b9181601f840112156101775782359167ffffffffffffffff8311610177576020808501948460051b01011161017757565b346101775760c060031936011261017757600435602435610258816101d7565b60443591606435610268816101f5565b60843567ffffffffffffffff811161017757610288903690600401610169565b9060a4359467ffffffffffffffff8611610177576102ad6102b5963690600401610207565b959094611a04565b005b3461017757602060031936011261017757600435805f5260026020527f7c45f11cdebc46d061fbf27b2683bb5c73e4faca22b0bfd09c78972ad50d62ee6020600260405f200180549061031667ffffffffffffffff8360a01c16612346565b7fffffffff000000000000000000000000000000000000000000000000000000008216905573ffffffffffffffffffffffffffffffffffffffff1661035b818561235e565b604051908152a2005b34610177576020600319360112610177576004355f526003602052602073ffffffffffffffffffffffffffffffffffffffff6103a260405f2061239f565b16604051908152f35b346101775760406003193601126101775760206103d56024356004356103d0826101f5565b611d09565b73ffffffffffffffffffffffffffffffffffffffff60405191168152f35b9181601f840112156101775782359167ffffffffffffffff8311610177576020838186019501011161017757565b346101775760a06003193601126101775760043561043e816101d7565b602435604435606435610450816101f5565b6084359267ffffffffffffffff841161017757610487946104786104829536906004016103f3565b9590948383611f43565b6123c8565b600c8110156104c8578061049757005b6104c3907fbd5adfec000000000000000000000000000000000000000000000000000000005f526119a4565b60245ffd5b61196d565b90608060031983011261017757600435916024356104ea816101f5565b916044356104f7816101f5565b916064359067ffffffffffffffff821161017757610517916004016103f3565b9091565b3461017757610529366104cd565b929061053d855f52600260205260405f2090565b9267ffffffffffffffff61055c600586015467ffffffffffffffff1690565b16801561082f57421015610802576001840194855461057f8160ff9060801c1690565b6107d55767ffffffffffffffff831642116107a85767ffffffffffffffff6105ca6105bd6105ac886119df565b9360401c67ffffffffffffffff1690565b67ffffffffffffffff1690565b91160361077b57604080517f982e8aeea03e88bfac5bb791d8ea704de6422434f678ee2f9f82a8cbce89e1b26020820190815291810189905267ffffffffffffffff80871660608301529093166080840152610667936106639390919061063e8160a081015b03601f198101835282611869565b51902061065e6101be6106598b5f52600360205260405f2090565b61239f565b6124ee565b1590565b61074e5761072e610749926106d27f1bbb46100c34d455cc9c683f87cf698cf9caa7e85ec6e76bf22f3fd52c935913957001000000000000000000000000000000007fffffffffffffffffffffffffffffff00ffffffffffffffffffffffffffffffff825416179055565b60065f9160048101600582017fffffffffffffffffffffffffffffffffffffffffffffff00000000000000000081541690557fffffffff0000000000000000000000000000000000000000ffffffffffffffff81541690550155565b60405167ffffffffffffffff90911681529081906020820190565b0390a2005b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600160045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600960045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600260045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600860045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600b60045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600660045260245ffd5b346101775760a06003193601126101775760043560243561087c816101d7565b60443590610889826101f5565b606435610895816101f5565b60843567ffffffffffffffff8111610177576108b59036906004016103f3565b9073ffffffffffffffffffffffffffffffffffffffff84168015908115610aa7575b50610a7a57604080517f1eccddf9c8d6db03a33aa0eaacfee996d2137ca662fee049776486e5117fcc936020820190815291810188905273ffffffffffffffffffffffffffffffffffffffff8616606082015267ffffffffffffffff8088166080830152851660a08201527fb7857fddc9d38ffa479ecbd70e6a4cb3215b4d428b844bbab233a91b011bc6129661098395909290916109798160c08101610630565b519020918861256d565b610a42600261099a855f52600260205260405f2090565b0180547fffffffffffffffffffffffff00000000000000000000000000000000000000001673ffffffffffffffffffffffffffffffffffffffff8416178155610a316109e4612324565b82547fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff1660a09190911b7bffffffffffffffff000000000000000000000000000000000000000016178255565b5460a01c67ffffffffffffffff1690565b6040805173ffffffffffffffffffffffffffffffffffffffff909316835267ffffffffffffffff909116602083015281908101610749565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600760045260245ffd5b9050610ac46101be6101be6106598a5f52600360205260405f2090565b145f6108d7565b60206040818301928281528451809452019201905f5b818110610aee5750505090565b8251805167ffffffffffffffff16855260209081015173ffffffffffffffffffffffffffffffffffffffff168186015260409094019390920191600101610ae1565b3461017757602060031936011261017757600435805f52600360205260405f2054610b5a81611dd8565b91610b686040519384611869565b818352601f19610b7783611dd8565b015f5b818110610c575750505f5b828110610b9e5760405180610b9a8682610acb565b0390f35b600190610bc3610bb6845f52600360205260405f2090565b63ffffffff831690612665565b610c3b610c036101be6020610be76105bd86516bffffffffffffffffffffffff1690565b94015173ffffffffffffffffffffffffffffffffffffffff1690565b610c1e610c0e611dc9565b67ffffffffffffffff9094168452565b73ffffffffffffffffffffffffffffffffffffffff166020830152565b610c458287611e35565b52610c508186611e35565b5001610b85565b602090610c62611df0565b82828801015201610b7a565b610d9290929192610180806101a0830195610c9f84825173ffffffffffffffffffffffffffffffffffffffff169052565b60208101516020850152610cc46040820151604086019067ffffffffffffffff169052565b60608181015167ffffffffffffffff169085015260808181015115159085015260a08181015173ffffffffffffffffffffffffffffffffffffffff169085015260c08181015167ffffffffffffffff169085015260e081015160e0850152610d3f61010082015161010086019067ffffffffffffffff169052565b6101208181015173ffffffffffffffffffffffffffffffffffffffff1690850152610140810151610140850152610d8961016082015161016086019067ffffffffffffffff169052565b01511515910152565b565b3461017757602060031936011261017757610b9a600435610f6f610f656005610dbb611e4e565b93610e03610de96101be610659610dda855f52600260205260405f2090565b945f52600360205260405f2090565b73ffffffffffffffffffffffffffffffffffffffff168652565b80546020860152610e60610e576001830154610e3a610e298267ffffffffffffffff1690565b67ffffffffffffffff1660408a0152565b67ffffffffffffffff604082901c16606089015260801c60ff1690565b15156080870152565b610ec9610eb86002830154610ea8610e8b8273ffffffffffffffffffffffffffffffffffffffff1690565b73ffffffffffffffffffffffffffffffffffffffff1660a08a0152565b60a01c67ffffffffffffffff1690565b67ffffffffffffffff1660c0870152565b600381015460e0860152610f3e610f206004830154610f04610ef28267ffffffffffffffff1690565b67ffffffffffffffff166101008a0152565b60401c73ffffffffffffffffffffffffffffffffffffffff1690565b73ffffffffffffffffffffffffffffffffffffffff16610120870152565b6006810154610140860152015467ffffffffffffffff811661016085015260401c60ff1690565b1515610180830152565b60405191829182610c6e565b34610177575f6003193601126101775760206040516202a3008152f35b90601f19601f602080948051918291828752018686015e5f8582860101520116010190565b34610177575f6003193601126101775761107d610ff97f0000000000000000000000000000000000000000000000000000000000000000612818565b6110227f0000000000000000000000000000000000000000000000000000000000000000612818565b60206040516110318282611869565b5f81528161108b81830194601f1983013687376040519788977f0f00000000000000000000000000000000000000000000000000000000000000895260e0858a015260e0890190610f98565b908782036040890152610f98565b914660608701523060808701525f60a087015285830360c087015251918281520192915f5b8281106110bf57505050500390f35b8351855286955093810193928101926001016110b0565b34610177576111506110e7366104cd565b604080517f490bc3c718875d237d867c1a52818a220ac148e05e990995f6ea2162a8418b226020820190815291810187905267ffffffffffffffff80871660608301528516608082015295969591949293916111468160a08101610630565b519020918661256d565b805f52600260205260405f2067ffffffffffffffff61117e600283015467ffffffffffffffff9060a01c1690565b16158061120b575b61082f576002810180547fffffffff000000000000000000000000000000000000000000000000000000001690556004810180547fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000001690555f6003909101557ffe33b9724d73777f28c20676b206c66a766e5034b90e43314a5cbb08724826855f80a2005b506112246105bd600483015467ffffffffffffffff1690565b15611186565b346101775760a06003193601126101775760043560443560243561124d826101f5565b6064359161125a836101f5565b6084359067ffffffffffffffff8211610177577f42c37c2e3f2119af475e30ba901075196b42848d99fcad1b090ff7fb0de4eb3b936112a06113099336906004016103f3565b92909160405160208101907fdb11a743715fd06ee2164ca59d55e300fd73d2ffcbbdc5130607dc15f1286d43825289604082015287606082015267ffffffffffffffff8416608082015267ffffffffffffffff831660a082015260a0815261097960c082611869565b61137761131e845f52600260205260405f2090565b8260038201556113696004611331612324565b920191829067ffffffffffffffff167fffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000825416179055565b5467ffffffffffffffff1690565b6040805192835267ffffffffffffffff909116602083015281908101610749565b34610177575f60031936011261017757602060405160108152f35b3461017757602060031936011261017757600435805f526002602052807f6f8764612b6b867175027aeea117c85cd43c47567e677e82f6149fd032f4435d61152d60405f2061140f67ffffffffffffffff600583015416612346565b837f7c45f11cdebc46d061fbf27b2683bb5c73e4faca22b0bfd09c78972ad50d62ee61151a73ffffffffffffffffffffffffffffffffffffffff600485015460401c166114e960016006870154966114bd8160065f9160048101600582017fffffffffffffffffffffffffffffffffffffffffffffff00000000000000000081541690557fffffffff0000000000000000000000000000000000000000ffffffffffffffff81541690550155565b878155017fffffffffffffffffffffffffffffff00ffffffffffffffffffffffffffffffff8154169055565b6114f3818561235e565b60405173ffffffffffffffffffffffffffffffffffffffff90911681529081906020820190565b0390a26040519081529081906020820190565b0390a27fd223030a255c11b5801a76906a759a19e425ca6ef5250cd8fdf512c84d6f70ca5f80a2005b34610177576020600319360112610177576004355f526002602052602067ffffffffffffffff600560405f200154161515604051908152f35b346101775760206003193601126101775760043567ffffffffffffffff8111610177576115c0903690600401610207565b5f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff6183360301905b828110156102b5578060051b840135908282121561017757600191850161165461161182611ebf565b61162660208401359182604086013591611f43565b9261163081611ebf565b9061164b61164060608301611ec9565b916080810190611ed3565b939092866123c8565b61165d8161199a565b8061166b575b5050016115e8565b7fb21417200183ed90908131120457faf997d861ad713b2ff15556ae1916fbfecb9161169d6040519283928684611f24565b0390a15f80611663565b3461017757602060031936011261017757600435805f5260026020527f6f8764612b6b867175027aeea117c85cd43c47567e677e82f6149fd032f4435d61074960405f20600160048201915f83549361170967ffffffffffffffff8616612346565b60038301907fffffffffffffffffffffffffffffffffffffffffffffffff000000000000000082549616905555828155017fffffffffffffffffffffffffffffff00ffffffffffffffffffffffffffffffff8154169055604051918291829190602083019252565b346101775760606003193601126101775760206101b6600435611793816101d7565b60243560443591611f43565b34610177575f6003193601126101775760206101b66126ac565b3560ff811681036101775790565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe181360301821215610177570180359067ffffffffffffffff821161017757602001918160051b3603831361017757565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b6040810190811067ffffffffffffffff82111761186457604052565b61181b565b90601f601f19910116810190811067ffffffffffffffff82111761186457604052565b6060611897826117b9565b916118a4602082016117b9565b926118b260408301836117c7565b938493013560405194859360ff60208601988160c08801937fdc2053e8b0105832b725e7cbb0d219c3a80c905766587fa2279e31773a9ce0368c5216604088015216606086015260a060808601525260e0830191935f5b81811061193057505061192a935060a083015203601f198101835282611869565b51902090565b9193509160208060019273ffffffffffffffffffffffffffffffffffffffff883561195a816101d7565b1681520195019101918593919492611909565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b600c11156104c857565b600c8110156104c857600452565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b67ffffffffffffffff60019116019067ffffffffffffffff82116119ff57565b6119b2565b9592949194939093611a1e875f52600260205260405f2090565b91825494851561082f5767ffffffffffffffff831642116107a85773ffffffffffffffffffffffffffffffffffffffff8716158015611d00575b610a7a57611a67899683611fd0565b611a7281838661212a565b948760018601948a8654611a919067ffffffffffffffff9060401c1690565b604080517fd29f041422d9a0a579451c62e66daa63a5c0fc027b3e9ce46a8887b47a136698602082019081529181019c909c5273ffffffffffffffffffffffffffffffffffffffff9490941660608c015260808b019190915267ffffffffffffffff80821660a08c01529190911660c0808b0191909152895297611b1660e082611869565b5190209260408101611b27916117c7565b90611b3194612265565b6002820180547fffffffff000000000000000000000000000000000000000000000000000000001690556004820180547fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000001690555f6003830155611b94846119df565b81547fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff1660409190911b6fffffffffffffffff0000000000000000161790556004810180547fffffffff0000000000000000000000000000000000000000ffffffffffffffff16604086901b7bffffffffffffffffffffffffffffffffffffffff0000000000000000161790556006810185905560050180547fffffffffffffffffffffffffffffffffffffffffffffff00ffffffffffffffff1691151560401b68ff000000000000000016919091178155611c6e612324565b81547fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000001667ffffffffffffffff9182169081179092556040805193909116835273ffffffffffffffffffffffffffffffffffffffff9390931660208301529181019290925260608201527f8d99befa4c37935b867bfd9b92c978efbff95333ea029119b753f57332ef073390608090a2565b50858814611a58565b9067ffffffffffffffff1690438211611dc3575f52600360205260405f208054915f905b838210611d6a57505081611d4557505f905090565b90565b611d636101be91611d58611d4294611fb2565b905f5260205f200190565b5460601c90565b909280841860011c8185160190835f5282611da46bffffffffffffffffffffffff8460205f200154166bffffffffffffffffffffffff1690565b1115611db35750925b90611d2d565b9350611dbe90612257565b611dad565b50505f90565b60405190610d92604083611869565b67ffffffffffffffff81116118645760051b60200190565b60405190611dfd82611848565b5f6020838281520152565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b8051821015611e495760209160051b010190565b611e08565b604051906101a0820182811067ffffffffffffffff821117611864576040525f610180838281528260208201528260408201528260608201528260808201528260a08201528260c08201528260e0820152826101008201528261012082015282610140820152826101608201520152565b35611d42816101d7565b35611d42816101f5565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe181360301821215610177570180359067ffffffffffffffff82116101775760200191813603831361017757565b90939291606082019482526020820152600c8210156104c85760400152565b916040519173ffffffffffffffffffffffffffffffffffffffff60208401947fe522d5d42d1b8da3686b48308288803d8702f4c054cbec6167e4c2c88c46b1fb8652166040840152606083015260808201526080815261192a60a082611869565b5f1981146119ff5760010190565b905f1982019182116119ff57565b9190811015611e495760051b0190565b6040810192611fdf84836117c7565b939050601084111580612116575b80612101575b80612097575b6001905b808061208e575b15612073575061206c9061203261202d61201e89886117c7565b61202785611fb2565b91611fc0565b611ebf565b73ffffffffffffffffffffffffffffffffffffffff6120616101be61202d8561205b8d8c6117c7565b90611fc0565b911610918291611fa4565b9150611ffd565b92955050925015610a7a576120879061188c565b036107d557565b50858210612004565b506020830160ff6120a7826117b9565b16159081156120b7575b50611ff9565b9050846120c3826117b9565b60ff6120d76120d1886117b9565b60ff1690565b91161191826120e9575b50505f6120b1565b6120f89192506120d1906117b9565b1115845f6120e1565b508361210f6120d1856117b9565b1115611ff3565b5060ff612122846117b9565b161515611fed565b600581015491939267ffffffffffffffff808416161591821580948195612209575b506121dc57602086019160ff612161846117b9565b16151592836121c3575b506121796120d184986117b9565b1193841561218c575b505050506107d557565b935090916121af575b50816121a6575b505f808080612182565b9050155f61219c565b6001015490915060801c60ff16905f612195565b6121d29193506120d1906117b9565b821015915f61216b565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600a60045260245ffd5b60401c60ff1690505f61214c565b9190811015611e495760051b810135907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc181360301821215610177570190565b90600182018092116119ff57565b5f9493919291855b85871061227d5750505050505050565b60ff61229261228d898986612217565b6117b9565b16908110801561231a575b6122ed576122d6610663846122b661202d85898b611fc0565b6122ce6122c48c8c89612217565b6020810190611ed3565b9290916124ee565b61074e576122e5600191612257565b96019561226d565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52602460076004525ffd5b508381101561229d565b6202a30067ffffffffffffffff42160167ffffffffffffffff81116119ff5790565b67ffffffffffffffff16801561082f57421061080257565b9061239b915f52600360205273ffffffffffffffffffffffffffffffffffffffff60405f209116906bffffffffffffffffffffffff431690612908565b5050565b8054806123ac5750505f90565b805f198101116119ff575f19915f5260205f2001015460601c90565b94939192909367ffffffffffffffff821642116124e35773ffffffffffffffffffffffffffffffffffffffff61240c6101be610659895f52600360205260405f2090565b166124d857612475926106639260405161246c8161063060208201948c8690929167ffffffffffffffff60409160608401957ff6a5665c7b8b8075f047ceb21e4b204115b043dbaf39dddd9baea861d5100b9e8552602085015216910152565b519020866124ee565b6124d0577f7d917fcbc9a29a9705ff9936ffa599500e4fd902e4486bae317414fe967b307c91816124b0926124b7575b506114f3818561235e565b0390a25f90565b6124c9855f52600260205260405f2090565b555f6124a5565b505050600190565b505050505050600490565b505050505050600290565b9290916042612537936124ff6126ac565b90604051917f1901000000000000000000000000000000000000000000000000000000000000835260028301526022820152206127cf565b5060048110156104c85715918261254d57505090565b73ffffffffffffffffffffffffffffffffffffffff919250811691161490565b919490946125896101be610659855f52600360205260405f2090565b9273ffffffffffffffffffffffffffffffffffffffff84161561082f576125b8905f52600260205260405f2090565b9067ffffffffffffffff6125d7600584015467ffffffffffffffff1690565b166121dc5767ffffffffffffffff1642116107a857600101936126056105bd865467ffffffffffffffff1690565b67ffffffffffffffff87160361077b5761262293610663936124ee565b61074e57612632610d92926119df565b67ffffffffffffffff167fffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000825416179055565b9061268191612672611df0565b5061267b611df0565b50612803565b506040519061268f82611848565b546bffffffffffffffffffffffff8116825260601c602082015290565b73ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000163014806127a6575b15612714577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a0815261192a60c082611869565b507f000000000000000000000000000000000000000000000000000000000000000046146126eb565b90604183036127f9576127f29250602081013591604082359201355f1a90612a41565b9192909190565b50505f9160029190565b8054821015611e49575f5260205f2001905f90565b60ff811690601f82116128475760405191612834604084611869565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b8054680100000000000000008110156118645761289191600182018155612803565b6128dc5781516020929092015160601b7fffffffffffffffffffffffffffffffffffffffff000000000000000000000000166bffffffffffffffffffffffff92909216919091179055565b7f4e487b71000000000000000000000000000000000000000000000000000000005f525f60045260245ffd5b80549293928015612a0a5761291f61292a91611fb2565b825f5260205f200190565b8054606081901c936bffffffffffffffffffffffff918216929181168084116129e25787930361299b57506129979250906bffffffffffffffffffffffff7fffffffffffffffffffffffffffffffffffffffff00000000000000000000000083549260601b169116179055565b9190565b915050612997916129c16129ad611dc9565b6bffffffffffffffffffffffff9093168352565b73ffffffffffffffffffffffffffffffffffffffff8616602083015261286f565b7f2520601d000000000000000000000000000000000000000000000000000000005f5260045ffd5b5090612a3c91612a1b6129ad611dc9565b73ffffffffffffffffffffffffffffffffffffffff8516602083015261286f565b5f9190565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411612ad0579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa15612ac5575f5173ffffffffffffffffffffffffffffffffffffffff811615612abb57905f905f90565b505f906001905f90565b6040513d5f823e3d90fd5b5050505f916003919056",
}

// KeyRegistry is an auto generated Go binding around an Ethereum contract.
type KeyRegistry struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *KeyRegistry) GetABI() abi.ABI {
	return c.abi
}

// NewKeyRegistry creates a new instance of KeyRegistry.
func NewKeyRegistry() *KeyRegistry {
	parsed, err := KeyRegistryMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &KeyRegistry{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *KeyRegistry) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackDELAY is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x69b41170.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function DELAY() view returns(uint64)
func (keyRegistry *KeyRegistry) PackDELAY() []byte {
	enc, err := keyRegistry.abi.Pack("DELAY")
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
func (keyRegistry *KeyRegistry) TryPackDELAY() ([]byte, error) {
	return keyRegistry.abi.Pack("DELAY")
}

// UnpackDELAY is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x69b41170.
//
// Solidity: function DELAY() view returns(uint64)
func (keyRegistry *KeyRegistry) UnpackDELAY(data []byte) (uint64, error) {
	out, err := keyRegistry.abi.Unpack("DELAY", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackMAXCONTACTS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb00d79d1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_CONTACTS() view returns(uint256)
func (keyRegistry *KeyRegistry) PackMAXCONTACTS() []byte {
	enc, err := keyRegistry.abi.Pack("MAX_CONTACTS")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXCONTACTS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb00d79d1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_CONTACTS() view returns(uint256)
func (keyRegistry *KeyRegistry) TryPackMAXCONTACTS() ([]byte, error) {
	return keyRegistry.abi.Pack("MAX_CONTACTS")
}

// UnpackMAXCONTACTS is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb00d79d1.
//
// Solidity: function MAX_CONTACTS() view returns(uint256)
func (keyRegistry *KeyRegistry) UnpackMAXCONTACTS(data []byte) (*big.Int, error) {
	out, err := keyRegistry.abi.Unpack("MAX_CONTACTS", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackCancelChanges is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x896ef09a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function cancelChanges(bytes32 id, uint64 nonce, uint64 deadline, bytes signature) returns()
func (keyRegistry *KeyRegistry) PackCancelChanges(id [32]byte, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := keyRegistry.abi.Pack("cancelChanges", id, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCancelChanges is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x896ef09a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function cancelChanges(bytes32 id, uint64 nonce, uint64 deadline, bytes signature) returns()
func (keyRegistry *KeyRegistry) TryPackCancelChanges(id [32]byte, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return keyRegistry.abi.Pack("cancelChanges", id, nonce, deadline, signature)
}

// PackCancelRecovery is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3c0b9b0c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function cancelRecovery(bytes32 id, uint64 nonce, uint64 deadline, bytes signature) returns()
func (keyRegistry *KeyRegistry) PackCancelRecovery(id [32]byte, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := keyRegistry.abi.Pack("cancelRecovery", id, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCancelRecovery is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3c0b9b0c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function cancelRecovery(bytes32 id, uint64 nonce, uint64 deadline, bytes signature) returns()
func (keyRegistry *KeyRegistry) TryPackCancelRecovery(id [32]byte, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return keyRegistry.abi.Pack("cancelRecovery", id, nonce, deadline, signature)
}

// PackChangeContacts is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9d265f2f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function changeContacts(bytes32 id, bytes32 newRecoveryHash, uint64 nonce, uint64 deadline, bytes signature) returns()
func (keyRegistry *KeyRegistry) PackChangeContacts(id [32]byte, newRecoveryHash [32]byte, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := keyRegistry.abi.Pack("changeContacts", id, newRecoveryHash, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChangeContacts is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9d265f2f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function changeContacts(bytes32 id, bytes32 newRecoveryHash, uint64 nonce, uint64 deadline, bytes signature) returns()
func (keyRegistry *KeyRegistry) TryPackChangeContacts(id [32]byte, newRecoveryHash [32]byte, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return keyRegistry.abi.Pack("changeContacts", id, newRecoveryHash, nonce, deadline, signature)
}

// PackCurrentKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x27680443.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function currentKey(bytes32 id) view returns(address)
func (keyRegistry *KeyRegistry) PackCurrentKey(id [32]byte) []byte {
	enc, err := keyRegistry.abi.Pack("currentKey", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCurrentKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x27680443.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function currentKey(bytes32 id) view returns(address)
func (keyRegistry *KeyRegistry) TryPackCurrentKey(id [32]byte) ([]byte, error) {
	return keyRegistry.abi.Pack("currentKey", id)
}

// UnpackCurrentKey is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x27680443.
//
// Solidity: function currentKey(bytes32 id) view returns(address)
func (keyRegistry *KeyRegistry) UnpackCurrentKey(data []byte) (common.Address, error) {
	out, err := keyRegistry.abi.Unpack("currentKey", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackDomainSeparator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf698da25.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function domainSeparator() view returns(bytes32)
func (keyRegistry *KeyRegistry) PackDomainSeparator() []byte {
	enc, err := keyRegistry.abi.Pack("domainSeparator")
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
func (keyRegistry *KeyRegistry) TryPackDomainSeparator() ([]byte, error) {
	return keyRegistry.abi.Pack("domainSeparator")
}

// UnpackDomainSeparator is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf698da25.
//
// Solidity: function domainSeparator() view returns(bytes32)
func (keyRegistry *KeyRegistry) UnpackDomainSeparator(data []byte) ([32]byte, error) {
	out, err := keyRegistry.abi.Unpack("domainSeparator", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackFinaliseContacts is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc34da1ea.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function finaliseContacts(bytes32 id) returns()
func (keyRegistry *KeyRegistry) PackFinaliseContacts(id [32]byte) []byte {
	enc, err := keyRegistry.abi.Pack("finaliseContacts", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFinaliseContacts is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc34da1ea.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function finaliseContacts(bytes32 id) returns()
func (keyRegistry *KeyRegistry) TryPackFinaliseContacts(id [32]byte) ([]byte, error) {
	return keyRegistry.abi.Pack("finaliseContacts", id)
}

// PackFinaliseRecovery is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb178dfd7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function finaliseRecovery(bytes32 id) returns()
func (keyRegistry *KeyRegistry) PackFinaliseRecovery(id [32]byte) []byte {
	enc, err := keyRegistry.abi.Pack("finaliseRecovery", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFinaliseRecovery is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb178dfd7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function finaliseRecovery(bytes32 id) returns()
func (keyRegistry *KeyRegistry) TryPackFinaliseRecovery(id [32]byte) ([]byte, error) {
	return keyRegistry.abi.Pack("finaliseRecovery", id)
}

// PackFinaliseRotation is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0ea7d1f3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function finaliseRotation(bytes32 id) returns()
func (keyRegistry *KeyRegistry) PackFinaliseRotation(id [32]byte) []byte {
	enc, err := keyRegistry.abi.Pack("finaliseRotation", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFinaliseRotation is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0ea7d1f3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function finaliseRotation(bytes32 id) returns()
func (keyRegistry *KeyRegistry) TryPackFinaliseRotation(id [32]byte) ([]byte, error) {
	return keyRegistry.abi.Pack("finaliseRotation", id)
}

// PackFrozen is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb91532b5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function frozen(bytes32 id) view returns(bool)
func (keyRegistry *KeyRegistry) PackFrozen(id [32]byte) []byte {
	enc, err := keyRegistry.abi.Pack("frozen", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFrozen is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb91532b5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function frozen(bytes32 id) view returns(bool)
func (keyRegistry *KeyRegistry) TryPackFrozen(id [32]byte) ([]byte, error) {
	return keyRegistry.abi.Pack("frozen", id)
}

// UnpackFrozen is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb91532b5.
//
// Solidity: function frozen(bytes32 id) view returns(bool)
func (keyRegistry *KeyRegistry) UnpackFrozen(data []byte) (bool, error) {
	out, err := keyRegistry.abi.Unpack("frozen", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackIdOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc884592d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function idOf(address rootKey, bytes32 recoveryHash, bytes32 salt) pure returns(bytes32)
func (keyRegistry *KeyRegistry) PackIdOf(rootKey common.Address, recoveryHash [32]byte, salt [32]byte) []byte {
	enc, err := keyRegistry.abi.Pack("idOf", rootKey, recoveryHash, salt)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIdOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc884592d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function idOf(address rootKey, bytes32 recoveryHash, bytes32 salt) pure returns(bytes32)
func (keyRegistry *KeyRegistry) TryPackIdOf(rootKey common.Address, recoveryHash [32]byte, salt [32]byte) ([]byte, error) {
	return keyRegistry.abi.Pack("idOf", rootKey, recoveryHash, salt)
}

// UnpackIdOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc884592d.
//
// Solidity: function idOf(address rootKey, bytes32 recoveryHash, bytes32 salt) pure returns(bytes32)
func (keyRegistry *KeyRegistry) UnpackIdOf(data []byte) ([32]byte, error) {
	out, err := keyRegistry.abi.Unpack("idOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackIdentityOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4fc9c91a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function identityOf(bytes32 id) view returns((address,bytes32,uint64,uint64,bool,address,uint64,bytes32,uint64,address,bytes32,uint64,bool) state)
func (keyRegistry *KeyRegistry) PackIdentityOf(id [32]byte) []byte {
	enc, err := keyRegistry.abi.Pack("identityOf", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIdentityOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4fc9c91a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function identityOf(bytes32 id) view returns((address,bytes32,uint64,uint64,bool,address,uint64,bytes32,uint64,address,bytes32,uint64,bool) state)
func (keyRegistry *KeyRegistry) TryPackIdentityOf(id [32]byte) ([]byte, error) {
	return keyRegistry.abi.Pack("identityOf", id)
}

// UnpackIdentityOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x4fc9c91a.
//
// Solidity: function identityOf(bytes32 id) view returns((address,bytes32,uint64,uint64,bool,address,uint64,bytes32,uint64,address,bytes32,uint64,bool) state)
func (keyRegistry *KeyRegistry) UnpackIdentityOf(data []byte) (IdentityState, error) {
	out, err := keyRegistry.abi.Unpack("identityOf", data)
	if err != nil {
		return *new(IdentityState), err
	}
	out0 := *abi.ConvertType(out[0], new(IdentityState)).(*IdentityState)
	return out0, nil
}

// PackKeyAt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3a9e358a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function keyAt(bytes32 id, uint64 blockNumber) view returns(address)
func (keyRegistry *KeyRegistry) PackKeyAt(id [32]byte, blockNumber uint64) []byte {
	enc, err := keyRegistry.abi.Pack("keyAt", id, blockNumber)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackKeyAt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3a9e358a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function keyAt(bytes32 id, uint64 blockNumber) view returns(address)
func (keyRegistry *KeyRegistry) TryPackKeyAt(id [32]byte, blockNumber uint64) ([]byte, error) {
	return keyRegistry.abi.Pack("keyAt", id, blockNumber)
}

// UnpackKeyAt is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3a9e358a.
//
// Solidity: function keyAt(bytes32 id, uint64 blockNumber) view returns(address)
func (keyRegistry *KeyRegistry) UnpackKeyAt(data []byte) (common.Address, error) {
	out, err := keyRegistry.abi.Unpack("keyAt", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackKeyHistory is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x485ed8dd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function keyHistory(bytes32 id) view returns((uint64,address)[] history)
func (keyRegistry *KeyRegistry) PackKeyHistory(id [32]byte) []byte {
	enc, err := keyRegistry.abi.Pack("keyHistory", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackKeyHistory is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x485ed8dd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function keyHistory(bytes32 id) view returns((uint64,address)[] history)
func (keyRegistry *KeyRegistry) TryPackKeyHistory(id [32]byte) ([]byte, error) {
	return keyRegistry.abi.Pack("keyHistory", id)
}

// UnpackKeyHistory is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x485ed8dd.
//
// Solidity: function keyHistory(bytes32 id) view returns((uint64,address)[] history)
func (keyRegistry *KeyRegistry) UnpackKeyHistory(data []byte) ([]KeyFrom, error) {
	out, err := keyRegistry.abi.Unpack("keyHistory", data)
	if err != nil {
		return *new([]KeyFrom), err
	}
	out0 := *abi.ConvertType(out[0], new([]KeyFrom)).(*[]KeyFrom)
	return out0, nil
}

// PackRecover is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0b585434.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function recover(bytes32 id, address newKey, bytes32 newRecoveryHash, uint64 deadline, (uint8,uint8,address[],bytes32) set, (uint8,bytes)[] signatures) returns()
func (keyRegistry *KeyRegistry) PackRecover(id [32]byte, newKey common.Address, newRecoveryHash [32]byte, deadline uint64, set RecoverySet, signatures []ContactSignature) []byte {
	enc, err := keyRegistry.abi.Pack("recover", id, newKey, newRecoveryHash, deadline, set, signatures)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRecover is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0b585434.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function recover(bytes32 id, address newKey, bytes32 newRecoveryHash, uint64 deadline, (uint8,uint8,address[],bytes32) set, (uint8,bytes)[] signatures) returns()
func (keyRegistry *KeyRegistry) TryPackRecover(id [32]byte, newKey common.Address, newRecoveryHash [32]byte, deadline uint64, set RecoverySet, signatures []ContactSignature) ([]byte, error) {
	return keyRegistry.abi.Pack("recover", id, newKey, newRecoveryHash, deadline, set, signatures)
}

// PackRecoveryHashOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0388fd88.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function recoveryHashOf((uint8,uint8,address[],bytes32) set) pure returns(bytes32)
func (keyRegistry *KeyRegistry) PackRecoveryHashOf(set RecoverySet) []byte {
	enc, err := keyRegistry.abi.Pack("recoveryHashOf", set)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRecoveryHashOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0388fd88.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function recoveryHashOf((uint8,uint8,address[],bytes32) set) pure returns(bytes32)
func (keyRegistry *KeyRegistry) TryPackRecoveryHashOf(set RecoverySet) ([]byte, error) {
	return keyRegistry.abi.Pack("recoveryHashOf", set)
}

// UnpackRecoveryHashOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x0388fd88.
//
// Solidity: function recoveryHashOf((uint8,uint8,address[],bytes32) set) pure returns(bytes32)
func (keyRegistry *KeyRegistry) UnpackRecoveryHashOf(data []byte) ([32]byte, error) {
	out, err := keyRegistry.abi.Unpack("recoveryHashOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackRegister is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3b321125.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function register(address rootKey, bytes32 recoveryHash, bytes32 salt, uint64 deadline, bytes signature) returns()
func (keyRegistry *KeyRegistry) PackRegister(rootKey common.Address, recoveryHash [32]byte, salt [32]byte, deadline uint64, signature []byte) []byte {
	enc, err := keyRegistry.abi.Pack("register", rootKey, recoveryHash, salt, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegister is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3b321125.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function register(address rootKey, bytes32 recoveryHash, bytes32 salt, uint64 deadline, bytes signature) returns()
func (keyRegistry *KeyRegistry) TryPackRegister(rootKey common.Address, recoveryHash [32]byte, salt [32]byte, deadline uint64, signature []byte) ([]byte, error) {
	return keyRegistry.abi.Pack("register", rootKey, recoveryHash, salt, deadline, signature)
}

// PackRegisterBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc006471e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function registerBatch((address,bytes32,bytes32,uint64,bytes)[] items) returns()
func (keyRegistry *KeyRegistry) PackRegisterBatch(items []IdentityItem) []byte {
	enc, err := keyRegistry.abi.Pack("registerBatch", items)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegisterBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc006471e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function registerBatch((address,bytes32,bytes32,uint64,bytes)[] items) returns()
func (keyRegistry *KeyRegistry) TryPackRegisterBatch(items []IdentityItem) ([]byte, error) {
	return keyRegistry.abi.Pack("registerBatch", items)
}

// PackRotate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x44d666ea.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function rotate(bytes32 id, address newKey, uint64 nonce, uint64 deadline, bytes signature) returns()
func (keyRegistry *KeyRegistry) PackRotate(id [32]byte, newKey common.Address, nonce uint64, deadline uint64, signature []byte) []byte {
	enc, err := keyRegistry.abi.Pack("rotate", id, newKey, nonce, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRotate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x44d666ea.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function rotate(bytes32 id, address newKey, uint64 nonce, uint64 deadline, bytes signature) returns()
func (keyRegistry *KeyRegistry) TryPackRotate(id [32]byte, newKey common.Address, nonce uint64, deadline uint64, signature []byte) ([]byte, error) {
	return keyRegistry.abi.Pack("rotate", id, newKey, nonce, deadline, signature)
}

// KeyRegistryChangesCancelled represents a ChangesCancelled event raised by the KeyRegistry contract.
type KeyRegistryChangesCancelled struct {
	Id  [32]byte
	Raw *types.Log // Blockchain specific contextual infos
}

const KeyRegistryChangesCancelledEventName = "ChangesCancelled"

// ContractEventName returns the user-defined event name.
func (KeyRegistryChangesCancelled) ContractEventName() string {
	return KeyRegistryChangesCancelledEventName
}

// UnpackChangesCancelledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ChangesCancelled(bytes32 indexed id)
func (keyRegistry *KeyRegistry) UnpackChangesCancelledEvent(log *types.Log) (*KeyRegistryChangesCancelled, error) {
	event := "ChangesCancelled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyRegistryChangesCancelled)
	if len(log.Data) > 0 {
		if err := keyRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyRegistry.abi.Events[event].Inputs {
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

// KeyRegistryContactsChangeStarted represents a ContactsChangeStarted event raised by the KeyRegistry contract.
type KeyRegistryContactsChangeStarted struct {
	Id              [32]byte
	NewRecoveryHash [32]byte
	ReadyAt         uint64
	Raw             *types.Log // Blockchain specific contextual infos
}

const KeyRegistryContactsChangeStartedEventName = "ContactsChangeStarted"

// ContractEventName returns the user-defined event name.
func (KeyRegistryContactsChangeStarted) ContractEventName() string {
	return KeyRegistryContactsChangeStartedEventName
}

// UnpackContactsChangeStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ContactsChangeStarted(bytes32 indexed id, bytes32 newRecoveryHash, uint64 readyAt)
func (keyRegistry *KeyRegistry) UnpackContactsChangeStartedEvent(log *types.Log) (*KeyRegistryContactsChangeStarted, error) {
	event := "ContactsChangeStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyRegistryContactsChangeStarted)
	if len(log.Data) > 0 {
		if err := keyRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyRegistry.abi.Events[event].Inputs {
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

// KeyRegistryContactsChanged represents a ContactsChanged event raised by the KeyRegistry contract.
type KeyRegistryContactsChanged struct {
	Id           [32]byte
	RecoveryHash [32]byte
	Raw          *types.Log // Blockchain specific contextual infos
}

const KeyRegistryContactsChangedEventName = "ContactsChanged"

// ContractEventName returns the user-defined event name.
func (KeyRegistryContactsChanged) ContractEventName() string {
	return KeyRegistryContactsChangedEventName
}

// UnpackContactsChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ContactsChanged(bytes32 indexed id, bytes32 recoveryHash)
func (keyRegistry *KeyRegistry) UnpackContactsChangedEvent(log *types.Log) (*KeyRegistryContactsChanged, error) {
	event := "ContactsChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyRegistryContactsChanged)
	if len(log.Data) > 0 {
		if err := keyRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyRegistry.abi.Events[event].Inputs {
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

// KeyRegistryEIP712DomainChanged represents a EIP712DomainChanged event raised by the KeyRegistry contract.
type KeyRegistryEIP712DomainChanged struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const KeyRegistryEIP712DomainChangedEventName = "EIP712DomainChanged"

// ContractEventName returns the user-defined event name.
func (KeyRegistryEIP712DomainChanged) ContractEventName() string {
	return KeyRegistryEIP712DomainChangedEventName
}

// UnpackEIP712DomainChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EIP712DomainChanged()
func (keyRegistry *KeyRegistry) UnpackEIP712DomainChangedEvent(log *types.Log) (*KeyRegistryEIP712DomainChanged, error) {
	event := "EIP712DomainChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyRegistryEIP712DomainChanged)
	if len(log.Data) > 0 {
		if err := keyRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyRegistry.abi.Events[event].Inputs {
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

// KeyRegistryItemRefused represents a ItemRefused event raised by the KeyRegistry contract.
type KeyRegistryItemRefused struct {
	Index  *big.Int
	Ref    [32]byte
	Reason uint8
	Raw    *types.Log // Blockchain specific contextual infos
}

const KeyRegistryItemRefusedEventName = "ItemRefused"

// ContractEventName returns the user-defined event name.
func (KeyRegistryItemRefused) ContractEventName() string {
	return KeyRegistryItemRefusedEventName
}

// UnpackItemRefusedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ItemRefused(uint256 index, bytes32 ref, uint8 reason)
func (keyRegistry *KeyRegistry) UnpackItemRefusedEvent(log *types.Log) (*KeyRegistryItemRefused, error) {
	event := "ItemRefused"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyRegistryItemRefused)
	if len(log.Data) > 0 {
		if err := keyRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyRegistry.abi.Events[event].Inputs {
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

// KeyRegistryKeyChanged represents a KeyChanged event raised by the KeyRegistry contract.
type KeyRegistryKeyChanged struct {
	Id  [32]byte
	Key common.Address
	Raw *types.Log // Blockchain specific contextual infos
}

const KeyRegistryKeyChangedEventName = "KeyChanged"

// ContractEventName returns the user-defined event name.
func (KeyRegistryKeyChanged) ContractEventName() string {
	return KeyRegistryKeyChangedEventName
}

// UnpackKeyChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event KeyChanged(bytes32 indexed id, address key)
func (keyRegistry *KeyRegistry) UnpackKeyChangedEvent(log *types.Log) (*KeyRegistryKeyChanged, error) {
	event := "KeyChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyRegistryKeyChanged)
	if len(log.Data) > 0 {
		if err := keyRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyRegistry.abi.Events[event].Inputs {
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

// KeyRegistryRecoveryCancelled represents a RecoveryCancelled event raised by the KeyRegistry contract.
type KeyRegistryRecoveryCancelled struct {
	Id    [32]byte
	Nonce uint64
	Raw   *types.Log // Blockchain specific contextual infos
}

const KeyRegistryRecoveryCancelledEventName = "RecoveryCancelled"

// ContractEventName returns the user-defined event name.
func (KeyRegistryRecoveryCancelled) ContractEventName() string {
	return KeyRegistryRecoveryCancelledEventName
}

// UnpackRecoveryCancelledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RecoveryCancelled(bytes32 indexed id, uint64 nonce)
func (keyRegistry *KeyRegistry) UnpackRecoveryCancelledEvent(log *types.Log) (*KeyRegistryRecoveryCancelled, error) {
	event := "RecoveryCancelled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyRegistryRecoveryCancelled)
	if len(log.Data) > 0 {
		if err := keyRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyRegistry.abi.Events[event].Inputs {
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

// KeyRegistryRecoveryCompleted represents a RecoveryCompleted event raised by the KeyRegistry contract.
type KeyRegistryRecoveryCompleted struct {
	Id  [32]byte
	Raw *types.Log // Blockchain specific contextual infos
}

const KeyRegistryRecoveryCompletedEventName = "RecoveryCompleted"

// ContractEventName returns the user-defined event name.
func (KeyRegistryRecoveryCompleted) ContractEventName() string {
	return KeyRegistryRecoveryCompletedEventName
}

// UnpackRecoveryCompletedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RecoveryCompleted(bytes32 indexed id)
func (keyRegistry *KeyRegistry) UnpackRecoveryCompletedEvent(log *types.Log) (*KeyRegistryRecoveryCompleted, error) {
	event := "RecoveryCompleted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyRegistryRecoveryCompleted)
	if len(log.Data) > 0 {
		if err := keyRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyRegistry.abi.Events[event].Inputs {
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

// KeyRegistryRecoveryStarted represents a RecoveryStarted event raised by the KeyRegistry contract.
type KeyRegistryRecoveryStarted struct {
	Id              [32]byte
	Nonce           uint64
	NewKey          common.Address
	NewRecoveryHash [32]byte
	ReadyAt         uint64
	Raw             *types.Log // Blockchain specific contextual infos
}

const KeyRegistryRecoveryStartedEventName = "RecoveryStarted"

// ContractEventName returns the user-defined event name.
func (KeyRegistryRecoveryStarted) ContractEventName() string {
	return KeyRegistryRecoveryStartedEventName
}

// UnpackRecoveryStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RecoveryStarted(bytes32 indexed id, uint64 nonce, address newKey, bytes32 newRecoveryHash, uint64 readyAt)
func (keyRegistry *KeyRegistry) UnpackRecoveryStartedEvent(log *types.Log) (*KeyRegistryRecoveryStarted, error) {
	event := "RecoveryStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyRegistryRecoveryStarted)
	if len(log.Data) > 0 {
		if err := keyRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyRegistry.abi.Events[event].Inputs {
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

// KeyRegistryRegistered represents a Registered event raised by the KeyRegistry contract.
type KeyRegistryRegistered struct {
	Id  [32]byte
	Key common.Address
	Raw *types.Log // Blockchain specific contextual infos
}

const KeyRegistryRegisteredEventName = "Registered"

// ContractEventName returns the user-defined event name.
func (KeyRegistryRegistered) ContractEventName() string {
	return KeyRegistryRegisteredEventName
}

// UnpackRegisteredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Registered(bytes32 indexed id, address key)
func (keyRegistry *KeyRegistry) UnpackRegisteredEvent(log *types.Log) (*KeyRegistryRegistered, error) {
	event := "Registered"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyRegistryRegistered)
	if len(log.Data) > 0 {
		if err := keyRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyRegistry.abi.Events[event].Inputs {
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

// KeyRegistryRotationStarted represents a RotationStarted event raised by the KeyRegistry contract.
type KeyRegistryRotationStarted struct {
	Id      [32]byte
	NewKey  common.Address
	ReadyAt uint64
	Raw     *types.Log // Blockchain specific contextual infos
}

const KeyRegistryRotationStartedEventName = "RotationStarted"

// ContractEventName returns the user-defined event name.
func (KeyRegistryRotationStarted) ContractEventName() string {
	return KeyRegistryRotationStartedEventName
}

// UnpackRotationStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RotationStarted(bytes32 indexed id, address newKey, uint64 readyAt)
func (keyRegistry *KeyRegistry) UnpackRotationStartedEvent(log *types.Log) (*KeyRegistryRotationStarted, error) {
	event := "RotationStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyRegistryRotationStarted)
	if len(log.Data) > 0 {
		if err := keyRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyRegistry.abi.Events[event].Inputs {
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
func (keyRegistry *KeyRegistry) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], keyRegistry.abi.Errors["CheckpointUnorderedInsertion"].ID.Bytes()[:4]) {
		return keyRegistry.UnpackCheckpointUnorderedInsertionError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyRegistry.abi.Errors["InvalidShortString"].ID.Bytes()[:4]) {
		return keyRegistry.UnpackInvalidShortStringError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyRegistry.abi.Errors["Refused"].ID.Bytes()[:4]) {
		return keyRegistry.UnpackRefusedError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyRegistry.abi.Errors["StringTooLong"].ID.Bytes()[:4]) {
		return keyRegistry.UnpackStringTooLongError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// KeyRegistryCheckpointUnorderedInsertion represents a CheckpointUnorderedInsertion error raised by the KeyRegistry contract.
type KeyRegistryCheckpointUnorderedInsertion struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error CheckpointUnorderedInsertion()
func KeyRegistryCheckpointUnorderedInsertionErrorID() common.Hash {
	return common.HexToHash("0x2520601d9d60b717c34a36ad270857824c5a1ebbfd08ff39aba6930089495cfa")
}

// UnpackCheckpointUnorderedInsertionError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error CheckpointUnorderedInsertion()
func (keyRegistry *KeyRegistry) UnpackCheckpointUnorderedInsertionError(raw []byte) (*KeyRegistryCheckpointUnorderedInsertion, error) {
	out := new(KeyRegistryCheckpointUnorderedInsertion)
	if err := keyRegistry.abi.UnpackIntoInterface(out, "CheckpointUnorderedInsertion", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyRegistryInvalidShortString represents a InvalidShortString error raised by the KeyRegistry contract.
type KeyRegistryInvalidShortString struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidShortString()
func KeyRegistryInvalidShortStringErrorID() common.Hash {
	return common.HexToHash("0xb3512b0c6163e5f0bafab72bb631b9d58cd7a731b082f910338aa21c83d5c274")
}

// UnpackInvalidShortStringError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidShortString()
func (keyRegistry *KeyRegistry) UnpackInvalidShortStringError(raw []byte) (*KeyRegistryInvalidShortString, error) {
	out := new(KeyRegistryInvalidShortString)
	if err := keyRegistry.abi.UnpackIntoInterface(out, "InvalidShortString", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyRegistryRefused represents a Refused error raised by the KeyRegistry contract.
type KeyRegistryRefused struct {
	Reason uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Refused(uint8 reason)
func KeyRegistryRefusedErrorID() common.Hash {
	return common.HexToHash("0xbd5adfec51afaec664e2c7b9806097e769d83cb5e3833568d5f905f6ba875686")
}

// UnpackRefusedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Refused(uint8 reason)
func (keyRegistry *KeyRegistry) UnpackRefusedError(raw []byte) (*KeyRegistryRefused, error) {
	out := new(KeyRegistryRefused)
	if err := keyRegistry.abi.UnpackIntoInterface(out, "Refused", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyRegistryStringTooLong represents a StringTooLong error raised by the KeyRegistry contract.
type KeyRegistryStringTooLong struct {
	Str string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StringTooLong(string str)
func KeyRegistryStringTooLongErrorID() common.Hash {
	return common.HexToHash("0x305a27a93f8e33b7392df0a0f91d6fc63847395853c45991eec52dbf24d72381")
}

// UnpackStringTooLongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StringTooLong(string str)
func (keyRegistry *KeyRegistry) UnpackStringTooLongError(raw []byte) (*KeyRegistryStringTooLong, error) {
	out := new(KeyRegistryStringTooLong)
	if err := keyRegistry.abi.UnpackIntoInterface(out, "StringTooLong", raw); err != nil {
		return nil, err
	}
	return out, nil
}
