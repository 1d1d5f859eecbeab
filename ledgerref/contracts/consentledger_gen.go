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

// GrantItem is an auto generated low-level Go binding around an user-defined struct.
type GrantItem struct {
	Key       common.Address
	Id        [32]byte
	Expiry    uint64
	Deadline  uint64
	Signature []byte
}

// WithdrawItem is an auto generated low-level Go binding around an user-defined struct.
type WithdrawItem struct {
	Key       common.Address
	Id        [32]byte
	Signature []byte
}

// ConsentLedgerMetaData contains all meta data concerning the ConsentLedger contract.
var ConsentLedgerMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"admin\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"AccessControlBadConfirmation\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"neededRole\",\"type\":\"bytes32\"}],\"name\":\"AccessControlUnauthorizedAccount\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidShortString\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"enumRefusal\",\"name\":\"reason\",\"type\":\"uint8\"}],\"name\":\"Refused\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"str\",\"type\":\"string\"}],\"name\":\"StringTooLong\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"log\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"}],\"name\":\"Anchored\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"EIP712DomainChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint40\",\"name\":\"expiry\",\"type\":\"uint40\"}],\"name\":\"Granted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"enumRefusal\",\"name\":\"reason\",\"type\":\"uint8\"}],\"name\":\"ItemRefused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"log\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"origin\",\"type\":\"string\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"ed25519Key\",\"type\":\"bytes32\"}],\"name\":\"LogOpened\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"log\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"keeper\",\"type\":\"address\"}],\"name\":\"LogPassed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"}],\"name\":\"Revoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"previousAdminRole\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"newAdminRole\",\"type\":\"bytes32\"}],\"name\":\"RoleAdminChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"sender\",\"type\":\"address\"}],\"name\":\"RoleGranted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"sender\",\"type\":\"address\"}],\"name\":\"RoleRevoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"}],\"name\":\"Withdrawn\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"DEFAULT_ADMIN_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"OPERATOR_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"log\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"}],\"name\":\"anchor\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"domainSeparator\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"name\":\"getRoleAdmin\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"grant\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structGrantItem[]\",\"name\":\"items\",\"type\":\"tuple[]\"}],\"name\":\"grantBatch\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"grantRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"hasRole\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"log\",\"type\":\"bytes32\"}],\"name\":\"logHead\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"ed25519Key\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"log\",\"type\":\"bytes32\"}],\"name\":\"logKeeper\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"origin\",\"type\":\"string\"},{\"internalType\":\"bytes32\",\"name\":\"ed25519Key\",\"type\":\"bytes32\"}],\"name\":\"openLog\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"log\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"keeper\",\"type\":\"address\"}],\"name\":\"passLog\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"refOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"callerConfirmation\",\"type\":\"address\"}],\"name\":\"renounceRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"revoke\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"revokeRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"status\",\"outputs\":[{\"internalType\":\"enumState\",\"name\":\"state\",\"type\":\"uint8\"},{\"internalType\":\"uint40\",\"name\":\"grantedAt\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"expiry\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"}],\"name\":\"statusOf\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"enumState\",\"name\":\"state\",\"type\":\"uint8\"},{\"internalType\":\"uint40\",\"name\":\"grantedAt\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"expiry\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"withdraw\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structWithdrawItem[]\",\"name\":\"items\",\"type\":\"tuple[]\"}],\"name\":\"withdrawBatch\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "ConsentLedger",
	Bin: "0x610160806040523461018a57604081611e818038038091610020828561018e565b83398101031261018a57610119610042602061003b846101c5565b93016101c5565b9160405161005160408261018e565b600c815260208101906b15dc985c1c1e4815985d5b1d60a21b82526040519161007b60408461018e565b600183526020830191603160f81b8352610094816102e2565b610120526100a1846102e2565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a0815261010a60c08261018e565b5190206080523060c0526101d9565b506001600160a01b03811661017a575b604051611ad3908161034e823960805181611852015260a05181611909015260c05181611823015260e051816118a1015261010051816118c7015261012051816109f101526101405181610a1a0152f35b6101839061024f565b505f610129565b5f80fd5b601f909101601f19168101906001600160401b038211908210176101b157604052565b634e487b7160e01b5f52604160045260245ffd5b51906001600160a01b038216820361018a57565b6001600160a01b0381165f9081525f516020611e415f395f51905f52602052604090205460ff1661024a576001600160a01b03165f8181525f516020611e415f395f51905f5260205260408120805460ff191660011790553391905f516020611e215f395f51905f528180a4600190565b505f90565b6001600160a01b0381165f9081525f516020611e615f395f51905f52602052604090205460ff1661024a576001600160a01b03165f8181525f516020611e615f395f51905f5260205260408120805460ff191660011790553391907f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b929905f516020611e215f395f51905f529080a4600190565b601f81511161030d5760208151910151602082106102fe571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816301ffc9a714610e7b575080631d0401c814610dfb578063248a9ca314610dd05780632bad4b4914610cc85780632f2ff15d14610c8a57806336568abe14610c2057806370c127c614610b475780637cccc42c14610aed57806384b0196e146109d957806388e627211461085457806391d14854146107fd578063a217fddf146107e3578063a4d3999314610608578063ac2e7ff3146105bd578063bc520bfe1461046f578063bfb5bb4914610429578063c7d9f5711461040b578063c7df14e21461039a578063d547741f14610355578063d6d76ed5146102ef578063ea379e3814610179578063f5b541a61461013f5763f698da2514610119575f80fd5b3461013b575f60031936011261013b57602061013361180c565b604051908152f35b5f80fd5b3461013b575f60031936011261013b5760206040517f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b9298152f35b3461013b57604060031936011261013b57600435610195610f3c565b815f52600460205260405f208054156102c2576002019073ffffffffffffffffffffffffffffffffffffffff825460401c1633036102955773ffffffffffffffffffffffffffffffffffffffff811680156102685761025f6020927ff214b7ed08b1e45eaf76c9d78f38f15d46d2949bd8eb0334cade2688669894de94907fffffffff0000000000000000000000000000000000000000ffffffffffffffff7bffffffffffffffffffffffffffffffffffffffff000000000000000083549260401b169116179055565b604051908152a2005b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600760045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600860045260245ffd5b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600660045260245ffd5b3461013b57604060031936011261013b5761031461030b610f19565b60243590611167565b5f526003602052606060405f205464ffffffffff60ff8260f01c16916040519261033d81611001565b8352818160c81c16602084015260a01c166040820152f35b3461013b57604060031936011261013b57610398600435610374610f3c565b9061039361038e825f526002602052600160405f20015490565b611607565b611742565b005b3461013b57602060031936011261013b576004355f526003602052608060405f205464ffffffffff60ff8260f01c16916040519273ffffffffffffffffffffffffffffffffffffffff821684526103f081611001565b6020840152818160c81c16604084015260a01c166060820152f35b3461013b57604060031936011261013b57602061013361030b610f19565b3461013b57602060031936011261013b576004355f526004602052602073ffffffffffffffffffffffffffffffffffffffff600260405f20015460401c16604051908152f35b3461013b57602060031936011261013b5760043567ffffffffffffffff811161013b576104a0903690600401610f8d565b905f907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff6181360301915b83811015610398578060051b8201358381121561013b578201906105396104f08361100b565b6104ff60208501358092611167565b936105098161100b565b9061051660408201611152565b61053061052560608401611152565b92608081019061102c565b949093886111a3565b91600c8310156105905782600193610554575b5050016104ca565b7fb21417200183ed90908131120457faf997d861ad713b2ff15556ae1916fbfecb91610586604051928392868461107d565b0390a1858061054c565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b3461013b57602060031936011261013b576004355f526004602052606060405f20805490600167ffffffffffffffff6002830154169101549060405192835260208301526040820152f35b3461013b57604060031936011261013b5760043567ffffffffffffffff811161013b57610639903690600401610f5f565b60243590801580156107d9575b80156107d1575b6102685767ffffffffffffffff81116107a4577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f820116916020830161069860405191826110b8565b8281526020810190368487011161013b57838683375f6020858301015251902093845f52600460205260405f2054610778575f858152600460205260409081902083815560020180547fffffffff0000000000000000000000000000000000000000ffffffffffffffff163390921b7bffffffffffffffffffffffffffffffffffffffff0000000000000000169190911790557f555e1c7380120553e0971b9fd3b491c0ed769d7a78e478c35acbdd435db29edd936060925f848660405197889660408852816040890152838801378501015260208301528101030190a2005b7fbd5adfec000000000000000000000000000000000000000000000000000000005f526004805260245ffd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b50811561064d565b5060ff8111610646565b3461013b575f60031936011261013b5760206040515f8152f35b3461013b57604060031936011261013b57610816610f3c565b6004355f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f2091165f52602052602060ff60405f2054166040519015158152f35b3461013b57604060031936011261013b5761086d610f19565b335f9081527f6bc781d8c7f9885ebbb3cefbc18932c491038e2ae5c5b56447891e0bd98ea163602052604090205460ff1615610989576108b09060243590611167565b805f52600360205260ff60405f205460f01c166108cc81611001565b80156102c2576001906108de81611001565b0361095c57805f52600360205260405f207e030000000000000000000000000000000000000000000000000000000000007fff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8254161790557fe5af7daed5ab2a2dc5f98d53619f05089c0c14d11a6621f6b906a2366c9a7ab35f80a2005b7fbd5adfec000000000000000000000000000000000000000000000000000000005f52600560045260245ffd5b7fe2517d3f000000000000000000000000000000000000000000000000000000005f52336004527f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b92960245260445ffd5b3461013b575f60031936011261013b57610a91610a157f00000000000000000000000000000000000000000000000000000000000000006119ae565b610a3e7f00000000000000000000000000000000000000000000000000000000000000006119ae565b6020610a9f60405192610a5183856110b8565b5f84525f3681376040519586957f0f00000000000000000000000000000000000000000000000000000000000000875260e08588015260e0870190610fbe565b908582036040870152610fbe565b4660608501523060808501525f60a085015283810360c08501528180845192838152019301915f5b828110610ad657505050500390f35b835185528695509381019392810192600101610ac7565b3461013b57606060031936011261013b57610b06610f19565b60443560243567ffffffffffffffff821161013b5761039892610b30610b42933690600401610f5f565b929091610b3d8282611167565b611429565b6113ed565b3461013b57606060031936011261013b5760043560243567ffffffffffffffff811680910361013b5760443590825f52600460205260405f20908154156102c25760028201928354933373ffffffffffffffffffffffffffffffffffffffff8660401c16036102955767ffffffffffffffff85168311156107785760016040948392857fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000007fbea4d11b910aad40d2df2a90d97a3329219b6389f85777c99daad7eb5fafd4399916179055015582519182526020820152a2005b3461013b57604060031936011261013b57610c39610f3c565b3373ffffffffffffffffffffffffffffffffffffffff821603610c625761039890600435611742565b7f6697b232000000000000000000000000000000000000000000000000000000005f5260045ffd5b3461013b57604060031936011261013b57610398600435610ca9610f3c565b90610cc361038e825f526002602052600160405f20015490565b61166e565b3461013b57602060031936011261013b5760043567ffffffffffffffff811161013b57610cf9903690600401610f8d565b905f907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa181360301915b83811015610398578060051b8201358381121561013b57820190610d79610d498361100b565b610d5860208501358092611167565b93610d70610d658261100b565b91604081019061102c565b92909186611429565b91600c8310156105905782600193610d94575b505001610d23565b7fb21417200183ed90908131120457faf997d861ad713b2ff15556ae1916fbfecb91610dc6604051928392868461107d565b0390a18580610d8c565b3461013b57602060031936011261013b5760206101336004355f526002602052600160405f20015490565b3461013b5760a060031936011261013b57610e14610f19565b6044359060243567ffffffffffffffff8316830361013b576064359167ffffffffffffffff8316830361013b576084359267ffffffffffffffff841161013b5761039894610e69610b42953690600401610f5f565b949093610e768282611167565b6111a3565b3461013b57602060031936011261013b57600435907fffffffff00000000000000000000000000000000000000000000000000000000821680920361013b57817f7965db0b0000000000000000000000000000000000000000000000000000000060209314908115610eef575b5015158152f35b7f01ffc9a70000000000000000000000000000000000000000000000000000000091501483610ee8565b6004359073ffffffffffffffffffffffffffffffffffffffff8216820361013b57565b6024359073ffffffffffffffffffffffffffffffffffffffff8216820361013b57565b9181601f8401121561013b5782359167ffffffffffffffff831161013b576020838186019501011161013b57565b9181601f8401121561013b5782359167ffffffffffffffff831161013b576020808501948460051b01011161013b57565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f602080948051918291828752018686015e5f8582860101520116010190565b6004111561059057565b3573ffffffffffffffffffffffffffffffffffffffff8116810361013b5790565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe18136030182121561013b570180359067ffffffffffffffff821161013b5760200191813603831361013b57565b90939291606082019482526020820152600c8210156105905760400152565b6080810190811067ffffffffffffffff8211176107a457604052565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff8211176107a457604052565b9061110381611001565b7fff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7eff00000000000000000000000000000000000000000000000000000000000083549260f01b169116179055565b3567ffffffffffffffff8116810361013b5790565b906040519073ffffffffffffffffffffffffffffffffffffffff602083019316835260408201526040815261119d6060826110b8565b51902090565b9591929367ffffffffffffffff9095919516928342116113e15767ffffffffffffffff851667ffffffffffffffff62015180820616158015906113d7575b80156113c9575b6113bc57875f52600360205260ff60405f205460f01c1661120881611001565b600181146113ae5761121981611001565b6113a157611274946040519160208301937fcc50ea441c5377d7a52a49e7ae458c3ba16fc9c2d9ee5f5670fe4c142cdb1d6085526040840152606083015260808201526080815261126b60a0826110b8565b5190208561192f565b15611399577fa0a2831e229f2be591eff03d7804b1235703774e1ed44b3feeb20b7d2bcda0b79161138e64ffffffffff602093169173ffffffffffffffffffffffffffffffffffffffff604051916112cb8361109c565b168152838101838152604082019064ffffffffff42168252606083019160018352885f526003875273ffffffffffffffffffffffffffffffffffffffff60405f209451167fffff0000000000000000000000000000000000000000000000000000000000007dffffffffff0000000000000000000000000000000000000000000000000078ffffffffff00000000000000000000000000000000000000008754955160a01b16935160c81b1693161717178255519061138982611001565b6110f9565b604051908152a25f90565b505050600190565b5050505050505050600590565b505050505050505050600490565b5050505050505050600390565b5064ffffffffff81116111e8565b50428111156111e1565b50505050505050600290565b600c81101561059057806113fe5750565b7fbd5adfec000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b93929092845f52600360205260405f2092604051936114478561109c565b549073ffffffffffffffffffffffffffffffffffffffff82168552602085019264ffffffffff8360a01c16845260ff604087019364ffffffffff8160c81c16855260f01c16946002606088019661149d81611001565b8088526114a981611001565b6114b281611001565b146115f9576115039260405160208101917f19a81cfb5e52143a8c7f8c86b7e3d349425509e7f4b13dc3999ea8af67c343c583526040820152604081526114fa6060826110b8565b5190208861192f565b156115ee5773ffffffffffffffffffffffffffffffffffffffff6115c69516845260028352855f52600360205273ffffffffffffffffffffffffffffffffffffffff60405f209451167fffff0000000000000000000000000000000000000000000000000000000000007dffffffffff0000000000000000000000000000000000000000000000000078ffffffffff00000000000000000000000000000000000000008754955160a01b16935160c81b1693161717178255519061138982611001565b7f44654674e66e9e53d34afdf3e9513fb94b4c8b946e980d6958ef4e6a37a153e35f80a25f90565b505050505050600190565b505050505050505050600590565b805f52600260205260405f2073ffffffffffffffffffffffffffffffffffffffff33165f5260205260ff60405f2054161561163f5750565b7fe2517d3f000000000000000000000000000000000000000000000000000000005f523360045260245260445ffd5b805f52600260205260405f2073ffffffffffffffffffffffffffffffffffffffff83165f5260205260ff60405f205416155f1461173c57805f52600260205260405f2073ffffffffffffffffffffffffffffffffffffffff83165f5260205260405f2060017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0082541617905573ffffffffffffffffffffffffffffffffffffffff339216907f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d5f80a4600190565b50505f90565b805f52600260205260405f2073ffffffffffffffffffffffffffffffffffffffff83165f5260205260ff60405f2054165f1461173c57805f52600260205260405f2073ffffffffffffffffffffffffffffffffffffffff83165f5260205260405f207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00815416905573ffffffffffffffffffffffffffffffffffffffff339216907ff6391f5c32d9c69d2a47ea670b442974b53935d1edc7fd64eb21e047a839171b5f80a4600190565b73ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016301480611906575b15611874577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a0815261119d60c0826110b8565b507f0000000000000000000000000000000000000000000000000000000000000000461461184b565b92909160426119789361194061180c565b90604051917f190100000000000000000000000000000000000000000000000000000000000083526002830152602282015220611a05565b5061198281611001565b15918261198e57505090565b73ffffffffffffffffffffffffffffffffffffffff919250811691161490565b60ff811690601f82116119dd57604051916119ca6040846110b8565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b9060418303611a2f57611a289250602081013591604082359201355f1a90611a39565b9192909190565b50505f9160029190565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411611ac8579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa15611abd575f5173ffffffffffffffffffffffffffffffffffffffff811615611ab357905f905f90565b505f906001905f90565b6040513d5f823e3d90fd5b5050505f9160039190562f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0dac33ff75c19e70fe83507db0d683fd3465c996598dc972688b7ace676c89077b6bc781d8c7f9885ebbb3cefbc18932c491038e2ae5c5b56447891e0bd98ea163",
}

// ConsentLedger is an auto generated Go binding around an Ethereum contract.
type ConsentLedger struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *ConsentLedger) GetABI() abi.ABI {
	return c.abi
}

// NewConsentLedger creates a new instance of ConsentLedger.
func NewConsentLedger() *ConsentLedger {
	parsed, err := ConsentLedgerMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &ConsentLedger{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *ConsentLedger) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address admin, address operator) returns()
func (consentLedger *ConsentLedger) PackConstructor(admin common.Address, operator common.Address) []byte {
	enc, err := consentLedger.abi.Pack("", admin, operator)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackDEFAULTADMINROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa217fddf.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function DEFAULT_ADMIN_ROLE() view returns(bytes32)
func (consentLedger *ConsentLedger) PackDEFAULTADMINROLE() []byte {
	enc, err := consentLedger.abi.Pack("DEFAULT_ADMIN_ROLE")
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
func (consentLedger *ConsentLedger) TryPackDEFAULTADMINROLE() ([]byte, error) {
	return consentLedger.abi.Pack("DEFAULT_ADMIN_ROLE")
}

// UnpackDEFAULTADMINROLE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa217fddf.
//
// Solidity: function DEFAULT_ADMIN_ROLE() view returns(bytes32)
func (consentLedger *ConsentLedger) UnpackDEFAULTADMINROLE(data []byte) ([32]byte, error) {
	out, err := consentLedger.abi.Unpack("DEFAULT_ADMIN_ROLE", data)
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
func (consentLedger *ConsentLedger) PackOPERATORROLE() []byte {
	enc, err := consentLedger.abi.Pack("OPERATOR_ROLE")
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
func (consentLedger *ConsentLedger) TryPackOPERATORROLE() ([]byte, error) {
	return consentLedger.abi.Pack("OPERATOR_ROLE")
}

// UnpackOPERATORROLE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf5b541a6.
//
// Solidity: function OPERATOR_ROLE() view returns(bytes32)
func (consentLedger *ConsentLedger) UnpackOPERATORROLE(data []byte) ([32]byte, error) {
	out, err := consentLedger.abi.Unpack("OPERATOR_ROLE", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackAnchor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x70c127c6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function anchor(bytes32 log, uint64 size, bytes32 root) returns()
func (consentLedger *ConsentLedger) PackAnchor(log [32]byte, size uint64, root [32]byte) []byte {
	enc, err := consentLedger.abi.Pack("anchor", log, size, root)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAnchor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x70c127c6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function anchor(bytes32 log, uint64 size, bytes32 root) returns()
func (consentLedger *ConsentLedger) TryPackAnchor(log [32]byte, size uint64, root [32]byte) ([]byte, error) {
	return consentLedger.abi.Pack("anchor", log, size, root)
}

// PackDomainSeparator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf698da25.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function domainSeparator() view returns(bytes32)
func (consentLedger *ConsentLedger) PackDomainSeparator() []byte {
	enc, err := consentLedger.abi.Pack("domainSeparator")
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
func (consentLedger *ConsentLedger) TryPackDomainSeparator() ([]byte, error) {
	return consentLedger.abi.Pack("domainSeparator")
}

// UnpackDomainSeparator is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf698da25.
//
// Solidity: function domainSeparator() view returns(bytes32)
func (consentLedger *ConsentLedger) UnpackDomainSeparator(data []byte) ([32]byte, error) {
	out, err := consentLedger.abi.Unpack("domainSeparator", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackGetRoleAdmin is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x248a9ca3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getRoleAdmin(bytes32 role) view returns(bytes32)
func (consentLedger *ConsentLedger) PackGetRoleAdmin(role [32]byte) []byte {
	enc, err := consentLedger.abi.Pack("getRoleAdmin", role)
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
func (consentLedger *ConsentLedger) TryPackGetRoleAdmin(role [32]byte) ([]byte, error) {
	return consentLedger.abi.Pack("getRoleAdmin", role)
}

// UnpackGetRoleAdmin is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x248a9ca3.
//
// Solidity: function getRoleAdmin(bytes32 role) view returns(bytes32)
func (consentLedger *ConsentLedger) UnpackGetRoleAdmin(data []byte) ([32]byte, error) {
	out, err := consentLedger.abi.Unpack("getRoleAdmin", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackGrant is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1d0401c8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function grant(address key, bytes32 id, uint64 expiry, uint64 deadline, bytes signature) returns()
func (consentLedger *ConsentLedger) PackGrant(key common.Address, id [32]byte, expiry uint64, deadline uint64, signature []byte) []byte {
	enc, err := consentLedger.abi.Pack("grant", key, id, expiry, deadline, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGrant is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1d0401c8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function grant(address key, bytes32 id, uint64 expiry, uint64 deadline, bytes signature) returns()
func (consentLedger *ConsentLedger) TryPackGrant(key common.Address, id [32]byte, expiry uint64, deadline uint64, signature []byte) ([]byte, error) {
	return consentLedger.abi.Pack("grant", key, id, expiry, deadline, signature)
}

// PackGrantBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbc520bfe.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function grantBatch((address,bytes32,uint64,uint64,bytes)[] items) returns()
func (consentLedger *ConsentLedger) PackGrantBatch(items []GrantItem) []byte {
	enc, err := consentLedger.abi.Pack("grantBatch", items)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGrantBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbc520bfe.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function grantBatch((address,bytes32,uint64,uint64,bytes)[] items) returns()
func (consentLedger *ConsentLedger) TryPackGrantBatch(items []GrantItem) ([]byte, error) {
	return consentLedger.abi.Pack("grantBatch", items)
}

// PackGrantRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2f2ff15d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function grantRole(bytes32 role, address account) returns()
func (consentLedger *ConsentLedger) PackGrantRole(role [32]byte, account common.Address) []byte {
	enc, err := consentLedger.abi.Pack("grantRole", role, account)
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
func (consentLedger *ConsentLedger) TryPackGrantRole(role [32]byte, account common.Address) ([]byte, error) {
	return consentLedger.abi.Pack("grantRole", role, account)
}

// PackHasRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x91d14854.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function hasRole(bytes32 role, address account) view returns(bool)
func (consentLedger *ConsentLedger) PackHasRole(role [32]byte, account common.Address) []byte {
	enc, err := consentLedger.abi.Pack("hasRole", role, account)
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
func (consentLedger *ConsentLedger) TryPackHasRole(role [32]byte, account common.Address) ([]byte, error) {
	return consentLedger.abi.Pack("hasRole", role, account)
}

// UnpackHasRole is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x91d14854.
//
// Solidity: function hasRole(bytes32 role, address account) view returns(bool)
func (consentLedger *ConsentLedger) UnpackHasRole(data []byte) (bool, error) {
	out, err := consentLedger.abi.Unpack("hasRole", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackLogHead is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xac2e7ff3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function logHead(bytes32 log) view returns(bytes32 ed25519Key, uint64 size, bytes32 root)
func (consentLedger *ConsentLedger) PackLogHead(log [32]byte) []byte {
	enc, err := consentLedger.abi.Pack("logHead", log)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLogHead is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xac2e7ff3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function logHead(bytes32 log) view returns(bytes32 ed25519Key, uint64 size, bytes32 root)
func (consentLedger *ConsentLedger) TryPackLogHead(log [32]byte) ([]byte, error) {
	return consentLedger.abi.Pack("logHead", log)
}

// LogHeadOutput serves as a container for the return parameters of contract
// method LogHead.
type LogHeadOutput struct {
	Ed25519Key [32]byte
	Size       uint64
	Root       [32]byte
}

// UnpackLogHead is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xac2e7ff3.
//
// Solidity: function logHead(bytes32 log) view returns(bytes32 ed25519Key, uint64 size, bytes32 root)
func (consentLedger *ConsentLedger) UnpackLogHead(data []byte) (LogHeadOutput, error) {
	out, err := consentLedger.abi.Unpack("logHead", data)
	outstruct := new(LogHeadOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Ed25519Key = *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	outstruct.Size = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	outstruct.Root = *abi.ConvertType(out[2], new([32]byte)).(*[32]byte)
	return *outstruct, nil
}

// PackLogKeeper is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbfb5bb49.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function logKeeper(bytes32 log) view returns(address)
func (consentLedger *ConsentLedger) PackLogKeeper(log [32]byte) []byte {
	enc, err := consentLedger.abi.Pack("logKeeper", log)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLogKeeper is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbfb5bb49.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function logKeeper(bytes32 log) view returns(address)
func (consentLedger *ConsentLedger) TryPackLogKeeper(log [32]byte) ([]byte, error) {
	return consentLedger.abi.Pack("logKeeper", log)
}

// UnpackLogKeeper is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xbfb5bb49.
//
// Solidity: function logKeeper(bytes32 log) view returns(address)
func (consentLedger *ConsentLedger) UnpackLogKeeper(data []byte) (common.Address, error) {
	out, err := consentLedger.abi.Unpack("logKeeper", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackOpenLog is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa4d39993.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function openLog(string origin, bytes32 ed25519Key) returns()
func (consentLedger *ConsentLedger) PackOpenLog(origin string, ed25519Key [32]byte) []byte {
	enc, err := consentLedger.abi.Pack("openLog", origin, ed25519Key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOpenLog is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa4d39993.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function openLog(string origin, bytes32 ed25519Key) returns()
func (consentLedger *ConsentLedger) TryPackOpenLog(origin string, ed25519Key [32]byte) ([]byte, error) {
	return consentLedger.abi.Pack("openLog", origin, ed25519Key)
}

// PackPassLog is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xea379e38.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function passLog(bytes32 log, address keeper) returns()
func (consentLedger *ConsentLedger) PackPassLog(log [32]byte, keeper common.Address) []byte {
	enc, err := consentLedger.abi.Pack("passLog", log, keeper)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPassLog is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xea379e38.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function passLog(bytes32 log, address keeper) returns()
func (consentLedger *ConsentLedger) TryPackPassLog(log [32]byte, keeper common.Address) ([]byte, error) {
	return consentLedger.abi.Pack("passLog", log, keeper)
}

// PackRefOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc7d9f571.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function refOf(address key, bytes32 id) pure returns(bytes32)
func (consentLedger *ConsentLedger) PackRefOf(key common.Address, id [32]byte) []byte {
	enc, err := consentLedger.abi.Pack("refOf", key, id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRefOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc7d9f571.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function refOf(address key, bytes32 id) pure returns(bytes32)
func (consentLedger *ConsentLedger) TryPackRefOf(key common.Address, id [32]byte) ([]byte, error) {
	return consentLedger.abi.Pack("refOf", key, id)
}

// UnpackRefOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc7d9f571.
//
// Solidity: function refOf(address key, bytes32 id) pure returns(bytes32)
func (consentLedger *ConsentLedger) UnpackRefOf(data []byte) ([32]byte, error) {
	out, err := consentLedger.abi.Unpack("refOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackRenounceRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36568abe.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function renounceRole(bytes32 role, address callerConfirmation) returns()
func (consentLedger *ConsentLedger) PackRenounceRole(role [32]byte, callerConfirmation common.Address) []byte {
	enc, err := consentLedger.abi.Pack("renounceRole", role, callerConfirmation)
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
func (consentLedger *ConsentLedger) TryPackRenounceRole(role [32]byte, callerConfirmation common.Address) ([]byte, error) {
	return consentLedger.abi.Pack("renounceRole", role, callerConfirmation)
}

// PackRevoke is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x88e62721.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function revoke(address key, bytes32 id) returns()
func (consentLedger *ConsentLedger) PackRevoke(key common.Address, id [32]byte) []byte {
	enc, err := consentLedger.abi.Pack("revoke", key, id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRevoke is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x88e62721.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function revoke(address key, bytes32 id) returns()
func (consentLedger *ConsentLedger) TryPackRevoke(key common.Address, id [32]byte) ([]byte, error) {
	return consentLedger.abi.Pack("revoke", key, id)
}

// PackRevokeRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd547741f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function revokeRole(bytes32 role, address account) returns()
func (consentLedger *ConsentLedger) PackRevokeRole(role [32]byte, account common.Address) []byte {
	enc, err := consentLedger.abi.Pack("revokeRole", role, account)
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
func (consentLedger *ConsentLedger) TryPackRevokeRole(role [32]byte, account common.Address) ([]byte, error) {
	return consentLedger.abi.Pack("revokeRole", role, account)
}

// PackStatus is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd6d76ed5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function status(address key, bytes32 id) view returns(uint8 state, uint40 grantedAt, uint40 expiry)
func (consentLedger *ConsentLedger) PackStatus(key common.Address, id [32]byte) []byte {
	enc, err := consentLedger.abi.Pack("status", key, id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackStatus is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd6d76ed5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function status(address key, bytes32 id) view returns(uint8 state, uint40 grantedAt, uint40 expiry)
func (consentLedger *ConsentLedger) TryPackStatus(key common.Address, id [32]byte) ([]byte, error) {
	return consentLedger.abi.Pack("status", key, id)
}

// StatusOutput serves as a container for the return parameters of contract
// method Status.
type StatusOutput struct {
	State     uint8
	GrantedAt *big.Int
	Expiry    *big.Int
}

// UnpackStatus is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd6d76ed5.
//
// Solidity: function status(address key, bytes32 id) view returns(uint8 state, uint40 grantedAt, uint40 expiry)
func (consentLedger *ConsentLedger) UnpackStatus(data []byte) (StatusOutput, error) {
	out, err := consentLedger.abi.Unpack("status", data)
	outstruct := new(StatusOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.State = *abi.ConvertType(out[0], new(uint8)).(*uint8)
	outstruct.GrantedAt = abi.ConvertType(out[1], new(big.Int)).(*big.Int)
	outstruct.Expiry = abi.ConvertType(out[2], new(big.Int)).(*big.Int)
	return *outstruct, nil
}

// PackStatusOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc7df14e2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function statusOf(bytes32 ref) view returns(address key, uint8 state, uint40 grantedAt, uint40 expiry)
func (consentLedger *ConsentLedger) PackStatusOf(ref [32]byte) []byte {
	enc, err := consentLedger.abi.Pack("statusOf", ref)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackStatusOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc7df14e2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function statusOf(bytes32 ref) view returns(address key, uint8 state, uint40 grantedAt, uint40 expiry)
func (consentLedger *ConsentLedger) TryPackStatusOf(ref [32]byte) ([]byte, error) {
	return consentLedger.abi.Pack("statusOf", ref)
}

// StatusOfOutput serves as a container for the return parameters of contract
// method StatusOf.
type StatusOfOutput struct {
	Key       common.Address
	State     uint8
	GrantedAt *big.Int
	Expiry    *big.Int
}

// UnpackStatusOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc7df14e2.
//
// Solidity: function statusOf(bytes32 ref) view returns(address key, uint8 state, uint40 grantedAt, uint40 expiry)
func (consentLedger *ConsentLedger) UnpackStatusOf(data []byte) (StatusOfOutput, error) {
	out, err := consentLedger.abi.Unpack("statusOf", data)
	outstruct := new(StatusOfOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Key = *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	outstruct.State = *abi.ConvertType(out[1], new(uint8)).(*uint8)
	outstruct.GrantedAt = abi.ConvertType(out[2], new(big.Int)).(*big.Int)
	outstruct.Expiry = abi.ConvertType(out[3], new(big.Int)).(*big.Int)
	return *outstruct, nil
}

// PackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (consentLedger *ConsentLedger) PackSupportsInterface(interfaceId [4]byte) []byte {
	enc, err := consentLedger.abi.Pack("supportsInterface", interfaceId)
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
func (consentLedger *ConsentLedger) TryPackSupportsInterface(interfaceId [4]byte) ([]byte, error) {
	return consentLedger.abi.Pack("supportsInterface", interfaceId)
}

// UnpackSupportsInterface is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x01ffc9a7.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (consentLedger *ConsentLedger) UnpackSupportsInterface(data []byte) (bool, error) {
	out, err := consentLedger.abi.Unpack("supportsInterface", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7cccc42c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function withdraw(address key, bytes32 id, bytes signature) returns()
func (consentLedger *ConsentLedger) PackWithdraw(key common.Address, id [32]byte, signature []byte) []byte {
	enc, err := consentLedger.abi.Pack("withdraw", key, id, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7cccc42c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function withdraw(address key, bytes32 id, bytes signature) returns()
func (consentLedger *ConsentLedger) TryPackWithdraw(key common.Address, id [32]byte, signature []byte) ([]byte, error) {
	return consentLedger.abi.Pack("withdraw", key, id, signature)
}

// PackWithdrawBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2bad4b49.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function withdrawBatch((address,bytes32,bytes)[] items) returns()
func (consentLedger *ConsentLedger) PackWithdrawBatch(items []WithdrawItem) []byte {
	enc, err := consentLedger.abi.Pack("withdrawBatch", items)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWithdrawBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2bad4b49.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function withdrawBatch((address,bytes32,bytes)[] items) returns()
func (consentLedger *ConsentLedger) TryPackWithdrawBatch(items []WithdrawItem) ([]byte, error) {
	return consentLedger.abi.Pack("withdrawBatch", items)
}

// ConsentLedgerAnchored represents a Anchored event raised by the ConsentLedger contract.
type ConsentLedgerAnchored struct {
	Log  [32]byte
	Size uint64
	Root [32]byte
	Raw  *types.Log // Blockchain specific contextual infos
}

const ConsentLedgerAnchoredEventName = "Anchored"

// ContractEventName returns the user-defined event name.
func (ConsentLedgerAnchored) ContractEventName() string {
	return ConsentLedgerAnchoredEventName
}

// UnpackAnchoredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Anchored(bytes32 indexed log, uint64 size, bytes32 root)
func (consentLedger *ConsentLedger) UnpackAnchoredEvent(log *types.Log) (*ConsentLedgerAnchored, error) {
	event := "Anchored"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != consentLedger.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ConsentLedgerAnchored)
	if len(log.Data) > 0 {
		if err := consentLedger.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range consentLedger.abi.Events[event].Inputs {
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

// ConsentLedgerEIP712DomainChanged represents a EIP712DomainChanged event raised by the ConsentLedger contract.
type ConsentLedgerEIP712DomainChanged struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const ConsentLedgerEIP712DomainChangedEventName = "EIP712DomainChanged"

// ContractEventName returns the user-defined event name.
func (ConsentLedgerEIP712DomainChanged) ContractEventName() string {
	return ConsentLedgerEIP712DomainChangedEventName
}

// UnpackEIP712DomainChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EIP712DomainChanged()
func (consentLedger *ConsentLedger) UnpackEIP712DomainChangedEvent(log *types.Log) (*ConsentLedgerEIP712DomainChanged, error) {
	event := "EIP712DomainChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != consentLedger.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ConsentLedgerEIP712DomainChanged)
	if len(log.Data) > 0 {
		if err := consentLedger.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range consentLedger.abi.Events[event].Inputs {
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

// ConsentLedgerGranted represents a Granted event raised by the ConsentLedger contract.
type ConsentLedgerGranted struct {
	Ref    [32]byte
	Expiry *big.Int
	Raw    *types.Log // Blockchain specific contextual infos
}

const ConsentLedgerGrantedEventName = "Granted"

// ContractEventName returns the user-defined event name.
func (ConsentLedgerGranted) ContractEventName() string {
	return ConsentLedgerGrantedEventName
}

// UnpackGrantedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Granted(bytes32 indexed ref, uint40 expiry)
func (consentLedger *ConsentLedger) UnpackGrantedEvent(log *types.Log) (*ConsentLedgerGranted, error) {
	event := "Granted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != consentLedger.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ConsentLedgerGranted)
	if len(log.Data) > 0 {
		if err := consentLedger.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range consentLedger.abi.Events[event].Inputs {
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

// ConsentLedgerItemRefused represents a ItemRefused event raised by the ConsentLedger contract.
type ConsentLedgerItemRefused struct {
	Index  *big.Int
	Ref    [32]byte
	Reason uint8
	Raw    *types.Log // Blockchain specific contextual infos
}

const ConsentLedgerItemRefusedEventName = "ItemRefused"

// ContractEventName returns the user-defined event name.
func (ConsentLedgerItemRefused) ContractEventName() string {
	return ConsentLedgerItemRefusedEventName
}

// UnpackItemRefusedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ItemRefused(uint256 index, bytes32 ref, uint8 reason)
func (consentLedger *ConsentLedger) UnpackItemRefusedEvent(log *types.Log) (*ConsentLedgerItemRefused, error) {
	event := "ItemRefused"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != consentLedger.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ConsentLedgerItemRefused)
	if len(log.Data) > 0 {
		if err := consentLedger.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range consentLedger.abi.Events[event].Inputs {
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

// ConsentLedgerLogOpened represents a LogOpened event raised by the ConsentLedger contract.
type ConsentLedgerLogOpened struct {
	Log        [32]byte
	Origin     string
	Ed25519Key [32]byte
	Raw        *types.Log // Blockchain specific contextual infos
}

const ConsentLedgerLogOpenedEventName = "LogOpened"

// ContractEventName returns the user-defined event name.
func (ConsentLedgerLogOpened) ContractEventName() string {
	return ConsentLedgerLogOpenedEventName
}

// UnpackLogOpenedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event LogOpened(bytes32 indexed log, string origin, bytes32 ed25519Key)
func (consentLedger *ConsentLedger) UnpackLogOpenedEvent(log *types.Log) (*ConsentLedgerLogOpened, error) {
	event := "LogOpened"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != consentLedger.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ConsentLedgerLogOpened)
	if len(log.Data) > 0 {
		if err := consentLedger.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range consentLedger.abi.Events[event].Inputs {
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

// ConsentLedgerLogPassed represents a LogPassed event raised by the ConsentLedger contract.
type ConsentLedgerLogPassed struct {
	Log    [32]byte
	Keeper common.Address
	Raw    *types.Log // Blockchain specific contextual infos
}

const ConsentLedgerLogPassedEventName = "LogPassed"

// ContractEventName returns the user-defined event name.
func (ConsentLedgerLogPassed) ContractEventName() string {
	return ConsentLedgerLogPassedEventName
}

// UnpackLogPassedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event LogPassed(bytes32 indexed log, address keeper)
func (consentLedger *ConsentLedger) UnpackLogPassedEvent(log *types.Log) (*ConsentLedgerLogPassed, error) {
	event := "LogPassed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != consentLedger.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ConsentLedgerLogPassed)
	if len(log.Data) > 0 {
		if err := consentLedger.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range consentLedger.abi.Events[event].Inputs {
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

// ConsentLedgerRevoked represents a Revoked event raised by the ConsentLedger contract.
type ConsentLedgerRevoked struct {
	Ref [32]byte
	Raw *types.Log // Blockchain specific contextual infos
}

const ConsentLedgerRevokedEventName = "Revoked"

// ContractEventName returns the user-defined event name.
func (ConsentLedgerRevoked) ContractEventName() string {
	return ConsentLedgerRevokedEventName
}

// UnpackRevokedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Revoked(bytes32 indexed ref)
func (consentLedger *ConsentLedger) UnpackRevokedEvent(log *types.Log) (*ConsentLedgerRevoked, error) {
	event := "Revoked"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != consentLedger.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ConsentLedgerRevoked)
	if len(log.Data) > 0 {
		if err := consentLedger.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range consentLedger.abi.Events[event].Inputs {
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

// ConsentLedgerRoleAdminChanged represents a RoleAdminChanged event raised by the ConsentLedger contract.
type ConsentLedgerRoleAdminChanged struct {
	Role              [32]byte
	PreviousAdminRole [32]byte
	NewAdminRole      [32]byte
	Raw               *types.Log // Blockchain specific contextual infos
}

const ConsentLedgerRoleAdminChangedEventName = "RoleAdminChanged"

// ContractEventName returns the user-defined event name.
func (ConsentLedgerRoleAdminChanged) ContractEventName() string {
	return ConsentLedgerRoleAdminChangedEventName
}

// UnpackRoleAdminChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole)
func (consentLedger *ConsentLedger) UnpackRoleAdminChangedEvent(log *types.Log) (*ConsentLedgerRoleAdminChanged, error) {
	event := "RoleAdminChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != consentLedger.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ConsentLedgerRoleAdminChanged)
	if len(log.Data) > 0 {
		if err := consentLedger.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range consentLedger.abi.Events[event].Inputs {
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

// ConsentLedgerRoleGranted represents a RoleGranted event raised by the ConsentLedger contract.
type ConsentLedgerRoleGranted struct {
	Role    [32]byte
	Account common.Address
	Sender  common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const ConsentLedgerRoleGrantedEventName = "RoleGranted"

// ContractEventName returns the user-defined event name.
func (ConsentLedgerRoleGranted) ContractEventName() string {
	return ConsentLedgerRoleGrantedEventName
}

// UnpackRoleGrantedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)
func (consentLedger *ConsentLedger) UnpackRoleGrantedEvent(log *types.Log) (*ConsentLedgerRoleGranted, error) {
	event := "RoleGranted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != consentLedger.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ConsentLedgerRoleGranted)
	if len(log.Data) > 0 {
		if err := consentLedger.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range consentLedger.abi.Events[event].Inputs {
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

// ConsentLedgerRoleRevoked represents a RoleRevoked event raised by the ConsentLedger contract.
type ConsentLedgerRoleRevoked struct {
	Role    [32]byte
	Account common.Address
	Sender  common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const ConsentLedgerRoleRevokedEventName = "RoleRevoked"

// ContractEventName returns the user-defined event name.
func (ConsentLedgerRoleRevoked) ContractEventName() string {
	return ConsentLedgerRoleRevokedEventName
}

// UnpackRoleRevokedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender)
func (consentLedger *ConsentLedger) UnpackRoleRevokedEvent(log *types.Log) (*ConsentLedgerRoleRevoked, error) {
	event := "RoleRevoked"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != consentLedger.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ConsentLedgerRoleRevoked)
	if len(log.Data) > 0 {
		if err := consentLedger.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range consentLedger.abi.Events[event].Inputs {
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

// ConsentLedgerWithdrawn represents a Withdrawn event raised by the ConsentLedger contract.
type ConsentLedgerWithdrawn struct {
	Ref [32]byte
	Raw *types.Log // Blockchain specific contextual infos
}

const ConsentLedgerWithdrawnEventName = "Withdrawn"

// ContractEventName returns the user-defined event name.
func (ConsentLedgerWithdrawn) ContractEventName() string {
	return ConsentLedgerWithdrawnEventName
}

// UnpackWithdrawnEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Withdrawn(bytes32 indexed ref)
func (consentLedger *ConsentLedger) UnpackWithdrawnEvent(log *types.Log) (*ConsentLedgerWithdrawn, error) {
	event := "Withdrawn"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != consentLedger.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(ConsentLedgerWithdrawn)
	if len(log.Data) > 0 {
		if err := consentLedger.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range consentLedger.abi.Events[event].Inputs {
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
func (consentLedger *ConsentLedger) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], consentLedger.abi.Errors["AccessControlBadConfirmation"].ID.Bytes()[:4]) {
		return consentLedger.UnpackAccessControlBadConfirmationError(raw[4:])
	}
	if bytes.Equal(raw[:4], consentLedger.abi.Errors["AccessControlUnauthorizedAccount"].ID.Bytes()[:4]) {
		return consentLedger.UnpackAccessControlUnauthorizedAccountError(raw[4:])
	}
	if bytes.Equal(raw[:4], consentLedger.abi.Errors["InvalidShortString"].ID.Bytes()[:4]) {
		return consentLedger.UnpackInvalidShortStringError(raw[4:])
	}
	if bytes.Equal(raw[:4], consentLedger.abi.Errors["Refused"].ID.Bytes()[:4]) {
		return consentLedger.UnpackRefusedError(raw[4:])
	}
	if bytes.Equal(raw[:4], consentLedger.abi.Errors["StringTooLong"].ID.Bytes()[:4]) {
		return consentLedger.UnpackStringTooLongError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// ConsentLedgerAccessControlBadConfirmation represents a AccessControlBadConfirmation error raised by the ConsentLedger contract.
type ConsentLedgerAccessControlBadConfirmation struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AccessControlBadConfirmation()
func ConsentLedgerAccessControlBadConfirmationErrorID() common.Hash {
	return common.HexToHash("0x6697b23232a647058342c0724fe7c415cab25915b54e5dbc03f233173d37b41c")
}

// UnpackAccessControlBadConfirmationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AccessControlBadConfirmation()
func (consentLedger *ConsentLedger) UnpackAccessControlBadConfirmationError(raw []byte) (*ConsentLedgerAccessControlBadConfirmation, error) {
	out := new(ConsentLedgerAccessControlBadConfirmation)
	if err := consentLedger.abi.UnpackIntoInterface(out, "AccessControlBadConfirmation", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// ConsentLedgerAccessControlUnauthorizedAccount represents a AccessControlUnauthorizedAccount error raised by the ConsentLedger contract.
type ConsentLedgerAccessControlUnauthorizedAccount struct {
	Account    common.Address
	NeededRole [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)
func ConsentLedgerAccessControlUnauthorizedAccountErrorID() common.Hash {
	return common.HexToHash("0xe2517d3fbfae6f8515ef5ff1ccedc3933ab0cbbda0b492c06eb54ad10ef03b3e")
}

// UnpackAccessControlUnauthorizedAccountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)
func (consentLedger *ConsentLedger) UnpackAccessControlUnauthorizedAccountError(raw []byte) (*ConsentLedgerAccessControlUnauthorizedAccount, error) {
	out := new(ConsentLedgerAccessControlUnauthorizedAccount)
	if err := consentLedger.abi.UnpackIntoInterface(out, "AccessControlUnauthorizedAccount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// ConsentLedgerInvalidShortString represents a InvalidShortString error raised by the ConsentLedger contract.
type ConsentLedgerInvalidShortString struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidShortString()
func ConsentLedgerInvalidShortStringErrorID() common.Hash {
	return common.HexToHash("0xb3512b0c6163e5f0bafab72bb631b9d58cd7a731b082f910338aa21c83d5c274")
}

// UnpackInvalidShortStringError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidShortString()
func (consentLedger *ConsentLedger) UnpackInvalidShortStringError(raw []byte) (*ConsentLedgerInvalidShortString, error) {
	out := new(ConsentLedgerInvalidShortString)
	if err := consentLedger.abi.UnpackIntoInterface(out, "InvalidShortString", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// ConsentLedgerRefused represents a Refused error raised by the ConsentLedger contract.
type ConsentLedgerRefused struct {
	Reason uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Refused(uint8 reason)
func ConsentLedgerRefusedErrorID() common.Hash {
	return common.HexToHash("0xbd5adfec51afaec664e2c7b9806097e769d83cb5e3833568d5f905f6ba875686")
}

// UnpackRefusedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Refused(uint8 reason)
func (consentLedger *ConsentLedger) UnpackRefusedError(raw []byte) (*ConsentLedgerRefused, error) {
	out := new(ConsentLedgerRefused)
	if err := consentLedger.abi.UnpackIntoInterface(out, "Refused", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// ConsentLedgerStringTooLong represents a StringTooLong error raised by the ConsentLedger contract.
type ConsentLedgerStringTooLong struct {
	Str string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StringTooLong(string str)
func ConsentLedgerStringTooLongErrorID() common.Hash {
	return common.HexToHash("0x305a27a93f8e33b7392df0a0f91d6fc63847395853c45991eec52dbf24d72381")
}

// UnpackStringTooLongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StringTooLong(string str)
func (consentLedger *ConsentLedger) UnpackStringTooLongError(raw []byte) (*ConsentLedgerStringTooLong, error) {
	out := new(ConsentLedgerStringTooLong)
	if err := consentLedger.abi.UnpackIntoInterface(out, "StringTooLong", raw); err != nil {
		return nil, err
	}
	return out, nil
}
