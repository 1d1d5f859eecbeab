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
	ABI: "[{\"inputs\":[],\"name\":\"CheckpointUnorderedInsertion\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidShortString\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"enumRefusal\",\"name\":\"reason\",\"type\":\"uint8\"}],\"name\":\"Refused\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"str\",\"type\":\"string\"}],\"name\":\"StringTooLong\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"ChangesCancelled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"newRecoveryHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"ContactsChangeStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"recoveryHash\",\"type\":\"bytes32\"}],\"name\":\"ContactsChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"EIP712DomainChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"enumRefusal\",\"name\":\"reason\",\"type\":\"uint8\"}],\"name\":\"ItemRefused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"KeyChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"}],\"name\":\"RecoveryCancelled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"RecoveryCompleted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"newKey\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"newRecoveryHash\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"RecoveryStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"Registered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"newKey\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"RotationStarted\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"DELAY\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_CONTACTS\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"cancelChanges\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"cancelRecovery\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"newRecoveryHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"changeContacts\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"currentKey\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"domainSeparator\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"finaliseContacts\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"finaliseRecovery\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"finaliseRotation\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"frozen\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"rootKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"recoveryHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"name\":\"idOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"identityOf\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"recoveryHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"recoveryNonce\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"cancelUsed\",\"type\":\"bool\"},{\"internalType\":\"address\",\"name\":\"rotationKey\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"rotationReadyAt\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"contactsHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"contactsReadyAt\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"recoveryKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"recoveryNextHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"recoveryReadyAt\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"recoveryHigher\",\"type\":\"bool\"}],\"internalType\":\"structIdentityState\",\"name\":\"state\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"}],\"name\":\"keyAt\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"keyHistory\",\"outputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"fromBlock\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"internalType\":\"structKeyFrom[]\",\"name\":\"history\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"newKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"newRecoveryHash\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"higher\",\"type\":\"bool\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"threshold\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"higherThreshold\",\"type\":\"uint8\"},{\"internalType\":\"address[]\",\"name\":\"contacts\",\"type\":\"address[]\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structRecoverySet\",\"name\":\"set\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"contact\",\"type\":\"uint8\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structContactSignature[]\",\"name\":\"signatures\",\"type\":\"tuple[]\"}],\"name\":\"recover\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"uint8\",\"name\":\"threshold\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"higherThreshold\",\"type\":\"uint8\"},{\"internalType\":\"address[]\",\"name\":\"contacts\",\"type\":\"address[]\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"internalType\":\"structRecoverySet\",\"name\":\"set\",\"type\":\"tuple\"}],\"name\":\"recoveryHashOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"rootKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"recoveryHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"register\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"rootKey\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"recoveryHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structIdentityItem[]\",\"name\":\"items\",\"type\":\"tuple[]\"}],\"name\":\"registerBatch\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"newKey\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"rotate\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "KeyRegistry",
	Bin: "0x6101606040523461012c57604051610018604082610130565b600c815260208101906b15dc985c1c1e4815985d5b1d60a21b825260405191610042604084610130565b600183526020830191603160f81b835261005b81610167565b6101205261006884610167565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a081526100d160c082610130565b5190206080523060c052604051612aec90816101d3823960805181612703015260a051816127ba015260c051816126d4015260e051816127520152610100518161277801526101205181610fea015261014051816110130152f35b5f80fd5b601f909101601f19168101906001600160401b0382119082101761015357604052565b634e487b7160e01b5f52604160045260245ffd5b601f815111610192576020815191015160208210610183571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe60806040526004361015610011575f80fd5b5f3560e01c80630388fd88146101645780630ea7d1f31461015f578063276804431461015a5780633a9e358a146101555780633b321125146101505780633c0b9b0c1461014b57806344d666ea14610146578063485ed8dd146101415780634fc9c91a1461013c57806369b41170146101375780637917be211461013257806384b0196e1461012d578063896ef09a146101285780639d265f2f14610123578063b00d79d11461011e578063b178dfd714610119578063b91532b514610114578063c006471e1461010f578063c34da1ea1461010a578063c884592d146101055763f698da2514610100575f80fd5b6117b4565b611786565b6116bc565b6115a4565b61156b565b6113c8565b6113ad565b61123f565b6110eb565b610fd2565b610f26565b610ed8565b610cf1565b610a8f565b6107bb565b61047a565b610380565b6102ec565b610284565b6101be565b61017b565b908160809103126101775790565b5f80fd5b346101775760206003193601126101775760043567ffffffffffffffff8111610177576101b66101b16020923690600401610169565b6118a1565b604051908152f35b3461017757602060031936011261017757600435805f5260026020527f7c45f11cdebc46d061fbf27b2683bb5c73e4faca22b0bfd09c78972ad50d62ee6020600260405f200180549061021d67ffffffffffffffff8360a01c16611fbe565b7fffffffff000000000000000000000000000000000000000000000000000000008216905573ffffffffffffffffffffffffffffffffffffffff166102628185611fd6565b604051908152a2005b73ffffffffffffffffffffffffffffffffffffffff1690565b34610177576020600319360112610177576004355f526003602052602073ffffffffffffffffffffffffffffffffffffffff6102c260405f20612025565b16604051908152f35b67ffffffffffffffff81160361017757565b608435906102ea826102cb565b565b34610177576040600319360112610177576020610316602435600435610311826102cb565b611982565b73ffffffffffffffffffffffffffffffffffffffff60405191168152f35b73ffffffffffffffffffffffffffffffffffffffff81160361017757565b9181601f840112156101775782359167ffffffffffffffff8311610177576020838186019501011161017757565b346101775760a06003193601126101775760043561039d81610334565b6024356044356064356103af816102cb565b6084359267ffffffffffffffff8411610177576103e6946103d76103e1953690600401610352565b9590948383611f5d565b61204e565b600c81101561042757806103f657005b610422907fbd5adfec000000000000000000000000000000000000000000000000000000005f52611a79565b60245ffd5b611a42565b9060806003198301126101775760043591602435610449816102cb565b91604435610456816102cb565b916064359067ffffffffffffffff82116101775761047691600401610352565b9091565b34610177576104883661042c565b929061049c855f52600260205260405f2090565b9267ffffffffffffffff6104bb600586015467ffffffffffffffff1690565b16801561078e5742101561076157600184019485546104de8160ff9060801c1690565b6107345767ffffffffffffffff831642116107075767ffffffffffffffff61052961051c61050b88611ab4565b9360401c67ffffffffffffffff1690565b67ffffffffffffffff1690565b9116036106da57604080517f982e8aeea03e88bfac5bb791d8ea704de6422434f678ee2f9f82a8cbce89e1b26020820190815291810189905267ffffffffffffffff808716606083015290931660808401526105c6936105c29390919061059d8160a081015b03601f19810183528261187e565b5190206105bd61026b6105b88b5f52600360205260405f2090565b612025565b612174565b1590565b6106ad5761068d6106a8926106317f1bbb46100c34d455cc9c683f87cf698cf9caa7e85ec6e76bf22f3fd52c935913957001000000000000000000000000000000007fffffffffffffffffffffffffffffff00ffffffffffffffffffffffffffffffff825416179055565b60065f9160048101600582017fffffffffffffffffffffffffffffffffffffffffffffff00000000000000000081541690557fffffffff0000000000000000000000000000000000000000ffffffffffffffff81541690550155565b60405167ffffffffffffffff90911681529081906020820190565b0390a2005b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600160045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600960045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600260045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600860045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600b60045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600660045260245ffd5b346101775760a0600319360112610177576004356024356107db81610334565b604435906107e8826102cb565b6064356107f4816102cb565b60843567ffffffffffffffff811161017757610814903690600401610352565b9073ffffffffffffffffffffffffffffffffffffffff84168015908115610a06575b506109d957604080517f1eccddf9c8d6db03a33aa0eaacfee996d2137ca662fee049776486e5117fcc936020820190815291810188905273ffffffffffffffffffffffffffffffffffffffff8616606082015267ffffffffffffffff8088166080830152851660a08201527fb7857fddc9d38ffa479ecbd70e6a4cb3215b4d428b844bbab233a91b011bc612966108e295909290916108d88160c0810161058f565b51902091886121f3565b6109a160026108f9855f52600260205260405f2090565b0180547fffffffffffffffffffffffff00000000000000000000000000000000000000001673ffffffffffffffffffffffffffffffffffffffff8416178155610990610943612318565b82547fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff1660a09190911b7bffffffffffffffff000000000000000000000000000000000000000016178255565b5460a01c67ffffffffffffffff1690565b6040805173ffffffffffffffffffffffffffffffffffffffff909316835267ffffffffffffffff9091166020830152819081016106a8565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600760045260245ffd5b9050610a2361026b61026b6105b88a5f52600360205260405f2090565b145f610836565b60206040818301928281528451809452019201905f5b818110610a4d5750505090565b8251805167ffffffffffffffff16855260209081015173ffffffffffffffffffffffffffffffffffffffff168186015260409094019390920191600101610a40565b3461017757602060031936011261017757600435805f52600360205260405f2054610ab981611ae8565b91610ac7604051938461187e565b818352601f19610ad683611ae8565b015f5b818110610bb65750505f5b828110610afd5760405180610af98682610a2a565b0390f35b600190610b22610b15845f52600360205260405f2090565b63ffffffff83169061233a565b610b9a610b6261026b6020610b4661051c86516bffffffffffffffffffffffff1690565b94015173ffffffffffffffffffffffffffffffffffffffff1690565b610b7d610b6d611ad9565b67ffffffffffffffff9094168452565b73ffffffffffffffffffffffffffffffffffffffff166020830152565b610ba48287611b45565b52610baf8186611b45565b5001610ae4565b602090610bc1611b00565b82828801015201610ad9565b6102ea90929192610180806101a0830195610bfe84825173ffffffffffffffffffffffffffffffffffffffff169052565b60208101516020850152610c236040820151604086019067ffffffffffffffff169052565b60608181015167ffffffffffffffff169085015260808181015115159085015260a08181015173ffffffffffffffffffffffffffffffffffffffff169085015260c08181015167ffffffffffffffff169085015260e081015160e0850152610c9e61010082015161010086019067ffffffffffffffff169052565b6101208181015173ffffffffffffffffffffffffffffffffffffffff1690850152610140810151610140850152610ce861016082015161016086019067ffffffffffffffff169052565b01511515910152565b3461017757602060031936011261017757610af9600435610ecc610ec26005610d18611b5e565b93610d60610d4661026b6105b8610d37855f52600260205260405f2090565b945f52600360205260405f2090565b73ffffffffffffffffffffffffffffffffffffffff168652565b80546020860152610dbd610db46001830154610d97610d868267ffffffffffffffff1690565b67ffffffffffffffff1660408a0152565b67ffffffffffffffff604082901c16606089015260801c60ff1690565b15156080870152565b610e26610e156002830154610e05610de88273ffffffffffffffffffffffffffffffffffffffff1690565b73ffffffffffffffffffffffffffffffffffffffff1660a08a0152565b60a01c67ffffffffffffffff1690565b67ffffffffffffffff1660c0870152565b600381015460e0860152610e9b610e7d6004830154610e61610e4f8267ffffffffffffffff1690565b67ffffffffffffffff166101008a0152565b60401c73ffffffffffffffffffffffffffffffffffffffff1690565b73ffffffffffffffffffffffffffffffffffffffff16610120870152565b6006810154610140860152015467ffffffffffffffff811661016085015260401c60ff1690565b1515610180830152565b60405191829182610bcd565b34610177575f6003193601126101775760206040516202a3008152f35b9181601f840112156101775782359167ffffffffffffffff8311610177576020808501948460051b01011161017757565b346101775760e060031936011261017757600435602435610f4681610334565b60443591606435801515810361017757610f5e6102dd565b60a43567ffffffffffffffff811161017757610f7e903690600401610169565b9160c4359567ffffffffffffffff871161017757610fa3610fab973690600401610ef5565b969095611bcf565b005b90601f19601f602080948051918291828752018686015e5f8582860101520116010190565b34610177575f6003193601126101775761109261100e7f0000000000000000000000000000000000000000000000000000000000000000612829565b6110377f0000000000000000000000000000000000000000000000000000000000000000612829565b6020604051611046828261187e565b5f8152816110a081830194601f1983013687376040519788977f0f00000000000000000000000000000000000000000000000000000000000000895260e0858a015260e0890190610fad565b908782036040890152610fad565b914660608701523060808701525f60a087015285830360c087015251918281520192915f5b8281106110d457505050500390f35b8351855286955093810193928101926001016110c5565b34610177576111656110fc3661042c565b604080517f490bc3c718875d237d867c1a52818a220ac148e05e990995f6ea2162a8418b226020820190815291810187905267ffffffffffffffff808716606083015285166080820152959695919492939161115b8160a0810161058f565b51902091866121f3565b805f52600260205260405f2067ffffffffffffffff611193600283015467ffffffffffffffff9060a01c1690565b161580611220575b61078e576002810180547fffffffff000000000000000000000000000000000000000000000000000000001690556004810180547fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000001690555f6003909101557ffe33b9724d73777f28c20676b206c66a766e5034b90e43314a5cbb08724826855f80a2005b5061123961051c600483015467ffffffffffffffff1690565b1561119b565b346101775760a060031936011261017757600435604435602435611262826102cb565b6064359161126f836102cb565b6084359067ffffffffffffffff8211610177577f42c37c2e3f2119af475e30ba901075196b42848d99fcad1b090ff7fb0de4eb3b936112b561131e933690600401610352565b92909160405160208101907fdb11a743715fd06ee2164ca59d55e300fd73d2ffcbbdc5130607dc15f1286d43825289604082015287606082015267ffffffffffffffff8416608082015267ffffffffffffffff831660a082015260a081526108d860c08261187e565b61138c611333845f52600260205260405f2090565b82600382015561137e6004611346612318565b920191829067ffffffffffffffff167fffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000825416179055565b5467ffffffffffffffff1690565b6040805192835267ffffffffffffffff9091166020830152819081016106a8565b34610177575f60031936011261017757602060405160108152f35b3461017757602060031936011261017757600435805f526002602052807f6f8764612b6b867175027aeea117c85cd43c47567e677e82f6149fd032f4435d61154260405f2061142467ffffffffffffffff600583015416611fbe565b837f7c45f11cdebc46d061fbf27b2683bb5c73e4faca22b0bfd09c78972ad50d62ee61152f73ffffffffffffffffffffffffffffffffffffffff600485015460401c166114fe60016006870154966114d28160065f9160048101600582017fffffffffffffffffffffffffffffffffffffffffffffff00000000000000000081541690557fffffffff0000000000000000000000000000000000000000ffffffffffffffff81541690550155565b878155017fffffffffffffffffffffffffffffff00ffffffffffffffffffffffffffffffff8154169055565b6115088185611fd6565b60405173ffffffffffffffffffffffffffffffffffffffff90911681529081906020820190565b0390a26040519081529081906020820190565b0390a27fd223030a255c11b5801a76906a759a19e425ca6ef5250cd8fdf512c84d6f70ca5f80a2005b34610177576020600319360112610177576004355f526002602052602067ffffffffffffffff600560405f200154161515604051908152f35b346101775760206003193601126101775760043567ffffffffffffffff8111610177576115d5903690600401610ef5565b5f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff6183360301905b82811015610fab578060051b840135908282121561017757600191850161166961162682611ed9565b61163b60208401359182604086013591611f5d565b9261164581611ed9565b9061166061165560608301611ee3565b916080810190611eed565b9390928661204e565b61167281611a6f565b80611680575b5050016115fd565b7fb21417200183ed90908131120457faf997d861ad713b2ff15556ae1916fbfecb916116b26040519283928684611f3e565b0390a15f80611678565b3461017757602060031936011261017757600435805f5260026020527f6f8764612b6b867175027aeea117c85cd43c47567e677e82f6149fd032f4435d6106a860405f20600160048201915f83549361171e67ffffffffffffffff8616611fbe565b60038301907fffffffffffffffffffffffffffffffffffffffffffffffff000000000000000082549616905555828155017fffffffffffffffffffffffffffffff00ffffffffffffffffffffffffffffffff8154169055604051918291829190602083019252565b346101775760606003193601126101775760206101b66004356117a881610334565b60243560443591611f5d565b34610177575f6003193601126101775760206101b66126bd565b3560ff811681036101775790565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe181360301821215610177570180359067ffffffffffffffff821161017757602001918160051b3603831361017757565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b6040810190811067ffffffffffffffff82111761187957604052565b611830565b90601f601f19910116810190811067ffffffffffffffff82111761187957604052565b60606118ac826117ce565b916118b9602082016117ce565b926118c760408301836117dc565b938493013560405194859360ff60208601988160c08801937fdc2053e8b0105832b725e7cbb0d219c3a80c905766587fa2279e31773a9ce0368c5216604088015216606086015260a060808601525260e0830191935f5b81811061194557505061193f935060a083015203601f19810183528261187e565b51902090565b9193509160208060019273ffffffffffffffffffffffffffffffffffffffff883561196f81610334565b168152019501910191859391949261191e565b9067ffffffffffffffff1690438211611a3c575f52600360205260405f208054915f905b8382106119e3575050816119be57505f905090565b90565b6119dc61026b916119d16119bb94612017565b905f5260205f200190565b5460601c90565b909280841860011c8185160190835f5282611a1d6bffffffffffffffffffffffff8460205f200154166bffffffffffffffffffffffff1690565b1115611a2c5750925b906119a6565b9350611a37906125f0565b611a26565b50505f90565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b600c111561042757565b600c81101561042757600452565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b67ffffffffffffffff60019116019067ffffffffffffffff8211611ad457565b611a87565b604051906102ea60408361187e565b67ffffffffffffffff81116118795760051b60200190565b60405190611b0d8261185d565b5f6020838281520152565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b8051821015611b595760209160051b010190565b611b18565b604051906101a0820182811067ffffffffffffffff821117611879576040525f610180838281528260208201528260408201528260608201528260808201528260a08201528260c08201528260e0820152826101008201528261012082015282610140820152826101608201520152565b9691959094611be6885f52600260205260405f2090565b928354801561078e5767ffffffffffffffff871642116107075773ffffffffffffffffffffffffffffffffffffffff8816158015611ed0575b6109d957611c2d908361239f565b611c39818684876124f9565b600184019287868a8c8754611c599067ffffffffffffffff9060401c1690565b604080517fddc0e2bc2dbe5c6a33537008c0fdca6e096acfb1843e6d259e4f264ee46cc3a0602082019081529181019390935273ffffffffffffffffffffffffffffffffffffffff959095166060830152608082019290925291151560a083015267ffffffffffffffff80821660c08401529990991660e0808301919091528152611ce66101008261187e565b5190209260408101611cf7916117dc565b90611d01946125fe565b6002820180547fffffffff000000000000000000000000000000000000000000000000000000001690556004820180547fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000001690555f6003830155611d6484611ab4565b81547fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff1660409190911b6fffffffffffffffff0000000000000000161790556004810180547fffffffff0000000000000000000000000000000000000000ffffffffffffffff16604086901b7bffffffffffffffffffffffffffffffffffffffff0000000000000000161790556006810185905560050180547fffffffffffffffffffffffffffffffffffffffffffffff00ffffffffffffffff1691151560401b68ff000000000000000016919091178155611e3e612318565b81547fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000001667ffffffffffffffff9182169081179092556040805193909116835273ffffffffffffffffffffffffffffffffffffffff9390931660208301529181019290925260608201527f8d99befa4c37935b867bfd9b92c978efbff95333ea029119b753f57332ef073390608090a2565b50808914611c1f565b356119bb81610334565b356119bb816102cb565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe181360301821215610177570180359067ffffffffffffffff82116101775760200191813603831361017757565b90939291606082019482526020820152600c8210156104275760400152565b916040519173ffffffffffffffffffffffffffffffffffffffff60208401947fe522d5d42d1b8da3686b48308288803d8702f4c054cbec6167e4c2c88c46b1fb8652166040840152606083015260808201526080815261193f60a08261187e565b67ffffffffffffffff16801561078e57421061076157565b90612013915f52600360205273ffffffffffffffffffffffffffffffffffffffff60405f209116906bffffffffffffffffffffffff431690612919565b5050565b905f198201918211611ad457565b8054806120325750505f90565b805f19810111611ad4575f19915f5260205f2001015460601c90565b94939192909367ffffffffffffffff821642116121695773ffffffffffffffffffffffffffffffffffffffff61209261026b6105b8895f52600360205260405f2090565b1661215e576120fb926105c2926040516120f28161058f60208201948c8690929167ffffffffffffffff60409160608401957ff6a5665c7b8b8075f047ceb21e4b204115b043dbaf39dddd9baea861d5100b9e8552602085015216910152565b51902086612174565b612156577f7d917fcbc9a29a9705ff9936ffa599500e4fd902e4486bae317414fe967b307c91816121369261213d575b506115088185611fd6565b0390a25f90565b61214f855f52600260205260405f2090565b555f61212b565b505050600190565b505050505050600490565b505050505050600290565b92909160426121bd936121856126bd565b90604051917f1901000000000000000000000000000000000000000000000000000000000000835260028301526022820152206127e0565b506004811015610427571591826121d357505090565b73ffffffffffffffffffffffffffffffffffffffff919250811691161490565b9194909461220f61026b6105b8855f52600360205260405f2090565b9273ffffffffffffffffffffffffffffffffffffffff84161561078e5761223e905f52600260205260405f2090565b9067ffffffffffffffff61225d600584015467ffffffffffffffff1690565b166122eb5767ffffffffffffffff164211610707576001019361228b61051c865467ffffffffffffffff1690565b67ffffffffffffffff8716036106da576122a8936105c293612174565b6106ad576122b86102ea92611ab4565b67ffffffffffffffff167fffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000825416179055565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600a60045260245ffd5b6202a30067ffffffffffffffff42160167ffffffffffffffff8111611ad45790565b9061235691612347611b00565b50612350611b00565b50612814565b50604051906123648261185d565b546bffffffffffffffffffffffff8116825260601c602082015290565b5f198114611ad45760010190565b9190811015611b595760051b0190565b60408101926123ae84836117dc565b9390506010841115806124e5575b806124d0575b80612466575b6001905b808061245d575b15612442575061243b906124016123fc6123ed89886117dc565b6123f685612017565b9161238f565b611ed9565b73ffffffffffffffffffffffffffffffffffffffff61243061026b6123fc8561242a8d8c6117dc565b9061238f565b911610918291612381565b91506123cc565b929550509250156109d957612456906118a1565b0361073457565b508582106123d3565b506020830160ff612476826117ce565b1615908115612486575b506123c8565b905084612492826117ce565b60ff6124a66124a0886117ce565b60ff1690565b91161191826124b8575b50505f612480565b6124c79192506124a0906117ce565b1115845f6124b0565b50836124de6124a0856117ce565b11156123c2565b5060ff6124f1846117ce565b1615156123bc565b600581015467ffffffffffffffff811615949390851590816125a2575b506122eb571561255d5750602001915060ff612531836117ce565b1615159182612545575b50505b1561073457565b6125549192506124a0906117ce565b11155f8061253b565b91906124a061256b916117ce565b1115918261259a575b5081612581575b5061253e565b60010154612594915060801c60ff161590565b5f61257b565b91505f612574565b60401c60ff1690505f612516565b9190811015611b595760051b810135907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc181360301821215610177570190565b9060018201809211611ad457565b5f9493919291855b8587106126165750505050505050565b60ff61262b6126268989866125b0565b6117ce565b1690811080156126b3575b6126865761266f6105c28461264f6123fc85898b61238f565b61266761265d8c8c896125b0565b6020810190611eed565b929091612174565b6106ad5761267e6001916125f0565b960195612606565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52602460076004525ffd5b5083811015612636565b73ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000163014806127b7575b15612725577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a0815261193f60c08261187e565b507f000000000000000000000000000000000000000000000000000000000000000046146126fc565b906041830361280a576128039250602081013591604082359201355f1a90612a52565b9192909190565b50505f9160029190565b8054821015611b59575f5260205f2001905f90565b60ff811690601f8211612858576040519161284560408461187e565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b805468010000000000000000811015611879576128a291600182018155612814565b6128ed5781516020929092015160601b7fffffffffffffffffffffffffffffffffffffffff000000000000000000000000166bffffffffffffffffffffffff92909216919091179055565b7f4e487b71000000000000000000000000000000000000000000000000000000005f525f60045260245ffd5b80549293928015612a1b5761293061293b91612017565b825f5260205f200190565b8054606081901c936bffffffffffffffffffffffff918216929181168084116129f3578793036129ac57506129a89250906bffffffffffffffffffffffff7fffffffffffffffffffffffffffffffffffffffff00000000000000000000000083549260601b169116179055565b9190565b9150506129a8916129d26129be611ad9565b6bffffffffffffffffffffffff9093168352565b73ffffffffffffffffffffffffffffffffffffffff86166020830152612880565b7f2520601d000000000000000000000000000000000000000000000000000000005f5260045ffd5b5090612a4d91612a2c6129be611ad9565b73ffffffffffffffffffffffffffffffffffffffff85166020830152612880565b5f9190565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411612ae1579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa15612ad6575f5173ffffffffffffffffffffffffffffffffffffffff811615612acc57905f905f90565b505f906001905f90565b6040513d5f823e3d90fd5b5050505f916003919056",
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
// the contract method with ID 0x7917be21.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function recover(bytes32 id, address newKey, bytes32 newRecoveryHash, bool higher, uint64 deadline, (uint8,uint8,address[],bytes32) set, (uint8,bytes)[] signatures) returns()
func (keyRegistry *KeyRegistry) PackRecover(id [32]byte, newKey common.Address, newRecoveryHash [32]byte, higher bool, deadline uint64, set RecoverySet, signatures []ContactSignature) []byte {
	enc, err := keyRegistry.abi.Pack("recover", id, newKey, newRecoveryHash, higher, deadline, set, signatures)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRecover is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7917be21.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function recover(bytes32 id, address newKey, bytes32 newRecoveryHash, bool higher, uint64 deadline, (uint8,uint8,address[],bytes32) set, (uint8,bytes)[] signatures) returns()
func (keyRegistry *KeyRegistry) TryPackRecover(id [32]byte, newKey common.Address, newRecoveryHash [32]byte, higher bool, deadline uint64, set RecoverySet, signatures []ContactSignature) ([]byte, error) {
	return keyRegistry.abi.Pack("recover", id, newKey, newRecoveryHash, higher, deadline, set, signatures)
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
