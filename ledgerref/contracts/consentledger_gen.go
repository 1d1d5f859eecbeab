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
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"admin\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"logKeeper\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"AccessControlBadConfirmation\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"neededRole\",\"type\":\"bytes32\"}],\"name\":\"AccessControlUnauthorizedAccount\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidShortString\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"enumRefusal\",\"name\":\"reason\",\"type\":\"uint8\"}],\"name\":\"Refused\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"str\",\"type\":\"string\"}],\"name\":\"StringTooLong\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"log\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"}],\"name\":\"Anchored\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"EIP712DomainChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint40\",\"name\":\"expiry\",\"type\":\"uint40\"}],\"name\":\"Granted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"enumRefusal\",\"name\":\"reason\",\"type\":\"uint8\"}],\"name\":\"ItemRefused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"log\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"origin\",\"type\":\"string\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"ed25519Key\",\"type\":\"bytes32\"}],\"name\":\"LogOpened\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"}],\"name\":\"Revoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"previousAdminRole\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"newAdminRole\",\"type\":\"bytes32\"}],\"name\":\"RoleAdminChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"sender\",\"type\":\"address\"}],\"name\":\"RoleGranted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"sender\",\"type\":\"address\"}],\"name\":\"RoleRevoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"}],\"name\":\"Withdrawn\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"DEFAULT_ADMIN_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"LOG_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"OPERATOR_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"log\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"}],\"name\":\"anchor\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"domainSeparator\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"name\":\"getRoleAdmin\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"grant\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structGrantItem[]\",\"name\":\"items\",\"type\":\"tuple[]\"}],\"name\":\"grantBatch\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"grantRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"hasRole\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"log\",\"type\":\"bytes32\"}],\"name\":\"logHead\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"ed25519Key\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"origin\",\"type\":\"string\"},{\"internalType\":\"bytes32\",\"name\":\"ed25519Key\",\"type\":\"bytes32\"}],\"name\":\"openLog\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"refOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"callerConfirmation\",\"type\":\"address\"}],\"name\":\"renounceRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"revoke\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"revokeRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"status\",\"outputs\":[{\"internalType\":\"enumState\",\"name\":\"state\",\"type\":\"uint8\"},{\"internalType\":\"uint40\",\"name\":\"grantedAt\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"expiry\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"}],\"name\":\"statusOf\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"enumState\",\"name\":\"state\",\"type\":\"uint8\"},{\"internalType\":\"uint40\",\"name\":\"grantedAt\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"expiry\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"withdraw\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"internalType\":\"structWithdrawItem[]\",\"name\":\"items\",\"type\":\"tuple[]\"}],\"name\":\"withdrawBatch\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "ConsentLedger",
	Bin: "0x610160604052348015610010575f5ffd5b506040516125c63803806125c683398101604081905261002f916102b6565b6040518060400160405280600c81526020016b15dc985c1c1e4815985d5b1d60a21b815250604051806040016040528060018152602001603160f81b81525061007d826101a860201b60201c565b6101205261008a816101a8565b61014052815160208084019190912060e052815190820120610100524660a05261011660e05161010051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b60805250503060c0526101295f846101ee565b506001600160a01b03821615610165576101637f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b929836101ee565b505b6001600160a01b038116156101a05761019e7f623a566f42f0f30618ab24e9903eaaf7cf902acd0ef6a22c96e11d07b8bc54ec826101ee565b505b505050610351565b5f5f829050601f815111156101db578260405163305a27a960e01b81526004016101d291906102f6565b60405180910390fd5b80516101e68261032b565b179392505050565b5f8281526002602090815260408083206001600160a01b038516845290915281205460ff16610292575f8381526002602090815260408083206001600160a01b03861684529091529020805460ff1916600117905561024a3390565b6001600160a01b0316826001600160a01b0316847f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d60405160405180910390a4506001610295565b505f5b92915050565b80516001600160a01b03811681146102b1575f5ffd5b919050565b5f5f5f606084860312156102c8575f5ffd5b6102d18461029b565b92506102df6020850161029b565b91506102ed6040850161029b565b90509250925092565b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b8051602080830151919081101561034b575f198160200360031b1b821691505b50919050565b60805160a05160c05160e0516101005161012051610140516122246103a25f395f6116e701525f6116bc01525f6117f101525f6117c901525f61172401525f61174e01525f61177801526122245ff3fe608060405234801561000f575f5ffd5b5060043610610179575f3560e01c806391d14854116100d2578063c7d9f57111610088578063d6d76ed511610063578063d6d76ed514610484578063f5b541a6146104a6578063f698da25146104cd575f5ffd5b8063c7d9f5711461036d578063c7df14e2146103c4578063d547741f14610471575f5ffd5b8063a4d39993116100b8578063a4d39993146102ea578063ac2e7ff3146102fd578063bc520bfe1461035a575f5ffd5b806391d148541461029e578063a217fddf146102e3575f5ffd5b80632f2ff15d116101325780637cccc42c1161010d5780637cccc42c1461025d57806384b0196e1461027057806388e627211461028b575f5ffd5b80632f2ff15d1461022457806336568abe1461023757806370c127c61461024a575f5ffd5b80631d0401c8116101625780631d0401c8146101da578063248a9ca3146101ef5780632bad4b4914610211575f5ffd5b806301ffc9a71461017d57806316a5dc85146101a5575b5f5ffd5b61019061018b366004611b3e565b6104d5565b60405190151581526020015b60405180910390f35b6101cc7f623a566f42f0f30618ab24e9903eaaf7cf902acd0ef6a22c96e11d07b8bc54ec81565b60405190815260200161019c565b6101ed6101e8366004611c08565b61056d565b005b6101cc6101fd366004611c82565b5f9081526002602052604090206001015490565b6101ed61021f366004611cda565b6105cd565b6101ed610232366004611d19565b6106ea565b6101ed610245366004611d19565b610714565b6101ed610258366004611d43565b61076d565b6101ed61026b366004611d76565b6108bb565b61027861090c565b60405161019c9796959493929190611e18565b6101ed610299366004611ed7565b61096a565b6101906102ac366004611d19565b5f91825260026020908152604080842073ffffffffffffffffffffffffffffffffffffffff93909316845291905290205460ff1690565b6101cc5f81565b6101ed6102f8366004611eff565b610b2a565b61033661030b366004611c82565b5f90815260046020526040902080546002820154600190920154909267ffffffffffffffff90921691565b6040805193845267ffffffffffffffff90921660208401529082015260600161019c565b6101ed610368366004611cda565b610c62565b6101cc61037b366004611ed7565b6040805173ffffffffffffffffffffffffffffffffffffffff841660208201529081018290525f9060600160405160208183030381529060405280519060200120905092915050565b6104616103d2366004611c82565b5f9081526003602052604090205473ffffffffffffffffffffffffffffffffffffffff81169160ff7e010000000000000000000000000000000000000000000000000000000000008304169164ffffffffff7901000000000000000000000000000000000000000000000000008204811692740100000000000000000000000000000000000000009092041690565b60405161019c9493929190611f88565b6101ed61047f366004611d19565b610d53565b610497610492366004611ed7565b610d77565b60405161019c93929190611fd5565b6101cc7f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b92981565b6101cc610e4e565b5f7fffffffff0000000000000000000000000000000000000000000000000000000082167f7965db0b00000000000000000000000000000000000000000000000000000000148061056757507f01ffc9a7000000000000000000000000000000000000000000000000000000007fffffffff000000000000000000000000000000000000000000000000000000008316145b92915050565b6040805173ffffffffffffffffffffffffffffffffffffffff8816602080830191909152818301889052825180830384018152606090920190925280519101206105c5906105c090888888888888610e5c565b6111bc565b505050505050565b5f5b818110156106e557368383838181106105ea576105ea612005565b90506020028101906105fc9190612032565b90505f61065661060f602084018461206e565b6040805173ffffffffffffffffffffffffffffffffffffffff9290921660208381019190915280860135838301528151808403830181526060909301909152815191012090565b90505f6106818261066a602086018661206e565b602086013561067c6040880188612087565b61120b565b90505f81600b81111561069657610696611f47565b146106d7577fb21417200183ed90908131120457faf997d861ad713b2ff15556ae1916fbfecb8483836040516106ce939291906120f8565b60405180910390a15b5050508060010190506105cf565b505050565b5f82815260026020526040902060010154610704816114f1565b61070e83836114fb565b50505050565b73ffffffffffffffffffffffffffffffffffffffff81163314610763576040517f6697b23200000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b6106e582826115f8565b7f623a566f42f0f30618ab24e9903eaaf7cf902acd0ef6a22c96e11d07b8bc54ec610797816114f1565b5f84815260046020526040812080549091036107eb5760066040517fbd5adfec0000000000000000000000000000000000000000000000000000000081526004016107e29190612113565b60405180910390fd5b600281015467ffffffffffffffff908116908516116108395760046040517fbd5adfec0000000000000000000000000000000000000000000000000000000081526004016107e29190612113565b6002810180547fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000001667ffffffffffffffff861690811790915560018201849055604080519182526020820185905286917fbea4d11b910aad40d2df2a90d97a3329219b6389f85777c99daad7eb5fafd439910160405180910390a25050505050565b6040805173ffffffffffffffffffffffffffffffffffffffff86166020808301919091528183018690528251808303840181526060909201909252805191012061070e906105c0908686868661120b565b5f6060805f5f5f606061091d6116b5565b6109256116e0565b604080515f808252602082019092527f0f000000000000000000000000000000000000000000000000000000000000009b939a50919850469750309650945092509050565b7f97667070c54ef182b0f5858b034beac1b6f3089aa2d3188bb1e8929f4fa9b929610994816114f1565b6040805173ffffffffffffffffffffffffffffffffffffffff8516602080830191909152818301859052825180830384018152606090920190925280519101205f905f818152600360205260408120549192507e0100000000000000000000000000000000000000000000000000000000000090910460ff1690816003811115610a2057610a20611f47565b03610a5a5760066040517fbd5adfec0000000000000000000000000000000000000000000000000000000081526004016107e29190612113565b6001816003811115610a6e57610a6e611f47565b14610aa85760056040517fbd5adfec0000000000000000000000000000000000000000000000000000000081526004016107e29190612113565b5f8281526003602052604080822080547fff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff167e030000000000000000000000000000000000000000000000000000000000001790555183917fe5af7daed5ab2a2dc5f98d53619f05089c0c14d11a6621f6b906a2366c9a7ab391a25050505050565b7f623a566f42f0f30618ab24e9903eaaf7cf902acd0ef6a22c96e11d07b8bc54ec610b54816114f1565b82801580610b62575060ff81115b80610b6b575082155b15610ba55760076040517fbd5adfec0000000000000000000000000000000000000000000000000000000081526004016107e29190612113565b5f8585604051610bb6929190612121565b60408051918290039091205f8181526004602052919091205490915015610c0c5760046040517fbd5adfec0000000000000000000000000000000000000000000000000000000081526004016107e29190612113565b5f81815260046020526040908190208590555181907f555e1c7380120553e0971b9fd3b491c0ed769d7a78e478c35acbdd435db29edd90610c5290899089908990612130565b60405180910390a2505050505050565b5f5b818110156106e55736838383818110610c7f57610c7f612005565b9050602002810190610c919190612185565b90505f610ca461060f602084018461206e565b90505f610cef82610cb8602086018661206e565b6020860135610ccd60608801604089016121b7565b610cdd6080890160608a016121b7565b610cea60808a018a612087565b610e5c565b90505f81600b811115610d0457610d04611f47565b14610d45577fb21417200183ed90908131120457faf997d861ad713b2ff15556ae1916fbfecb848383604051610d3c939291906120f8565b60405180910390a15b505050806001019050610c64565b5f82815260026020526040902060010154610d6d816114f1565b61070e83836115f8565b5f5f5f5f60035f610dcc88886040805173ffffffffffffffffffffffffffffffffffffffff841660208201529081018290525f9060600160405160208183030381529060405280519060200120905092915050565b815260208101919091526040015f205460ff7e01000000000000000000000000000000000000000000000000000000000000820416945064ffffffffff79010000000000000000000000000000000000000000000000000082048116945074010000000000000000000000000000000000000000909104169150509250925092565b5f610e5761170b565b905090565b5f8367ffffffffffffffff16421115610e77575060026111b1565b610e8462015180866121d0565b67ffffffffffffffff16151580610ea55750428567ffffffffffffffff1611155b80610ebe575064ffffffffff67ffffffffffffffff8616115b15610ecb575060036111b1565b5f888152600360205260409020547e01000000000000000000000000000000000000000000000000000000000000900460ff166001816003811115610f1257610f12611f47565b03610f215760049150506111b1565b5f816003811115610f3457610f34611f47565b14610f435760059150506111b1565b604080517fcc50ea441c5377d7a52a49e7ae458c3ba16fc9c2d9ee5f5670fe4c142cdb1d60602082015290810188905267ffffffffffffffff808816606083015286166080820152610fb290899060a0015b604051602081830303815290604052805190602001208686611841565b610fc05760019150506111b1565b60405180608001604052808973ffffffffffffffffffffffffffffffffffffffff1681526020018764ffffffffff1681526020014264ffffffffff1681526020016001600381111561101457611014611f47565b90525f8a81526003602081815260409283902084518154928601519486015164ffffffffff908116790100000000000000000000000000000000000000000000000000027fffff0000000000ffffffffffffffffffffffffffffffffffffffffffffffffff9190961674010000000000000000000000000000000000000000027fffffffffffffff0000000000000000000000000000000000000000000000000090941673ffffffffffffffffffffffffffffffffffffffff90921691909117929092179182168417815560608501519093909284927fff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff9092167fff000000000000ffffffffffffffffffffffffffffffffffffffffffffffffff90921691909117907e0100000000000000000000000000000000000000000000000000000000000090849081111561116957611169611f47565b02179055505060405164ffffffffff881681528a91507fa0a2831e229f2be591eff03d7804b1235703774e1ed44b3feeb20b7d2bcda0b79060200160405180910390a25f9150505b979650505050505050565b5f81600b8111156111cf576111cf611f47565b1461120857806040517fbd5adfec0000000000000000000000000000000000000000000000000000000081526004016107e29190612113565b50565b5f8581526003602081815260408084208151608081018352815473ffffffffffffffffffffffffffffffffffffffff8116825264ffffffffff740100000000000000000000000000000000000000008204811695830195909552790100000000000000000000000000000000000000000000000000810490941692810192909252849391929091606084019160ff7e0100000000000000000000000000000000000000000000000000000000000090910416908111156112cd576112cd611f47565b60038111156112de576112de611f47565b90525090506002816060015160038111156112fb576112fb611f47565b0361130a5760059150506114e8565b604080517f19a81cfb5e52143a8c7f8c86b7e3d349425509e7f4b13dc3999ea8af67c343c56020820152908101869052611348908790606001610f95565b6113565760019150506114e8565b73ffffffffffffffffffffffffffffffffffffffff86811682526002606083019081525f8981526003602081815260409283902086518154928801519488015164ffffffffff908116790100000000000000000000000000000000000000000000000000027fffff0000000000ffffffffffffffffffffffffffffffffffffffffffffffffff9190961674010000000000000000000000000000000000000000027fffffffffffffff000000000000000000000000000000000000000000000000009094169190971617919091179485168317815592518594909284927fff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff9091167fff000000000000ffffffffffffffffffffffffffffffffffffffffffffffffff90921691909117907e010000000000000000000000000000000000000000000000000000000000009084908111156114b2576114b2611f47565b0217905550506040518891507f44654674e66e9e53d34afdf3e9513fb94b4c8b946e980d6958ef4e6a37a153e3905f90a25f9150505b95945050505050565b61120881336118b5565b5f82815260026020908152604080832073ffffffffffffffffffffffffffffffffffffffff8516845290915281205460ff166115f1575f83815260026020908152604080832073ffffffffffffffffffffffffffffffffffffffff86168452909152902080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0016600117905561158f3390565b73ffffffffffffffffffffffffffffffffffffffff168273ffffffffffffffffffffffffffffffffffffffff16847f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d60405160405180910390a4506001610567565b505f610567565b5f82815260026020908152604080832073ffffffffffffffffffffffffffffffffffffffff8516845290915281205460ff16156115f1575f83815260026020908152604080832073ffffffffffffffffffffffffffffffffffffffff8616808552925280832080547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0016905551339286917ff6391f5c32d9c69d2a47ea670b442974b53935d1edc7fd64eb21e047a839171b9190a4506001610567565b6060610e577f0000000000000000000000000000000000000000000000000000000000000000611940565b6060610e577f0000000000000000000000000000000000000000000000000000000000000000611940565b5f3073ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001614801561177057507f000000000000000000000000000000000000000000000000000000000000000046145b1561179a57507f000000000000000000000000000000000000000000000000000000000000000090565b610e57604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b5f5f5f6118576118508761197d565b86866119c4565b5090925090505f81600381111561187057611870611f47565b1480156118a857508673ffffffffffffffffffffffffffffffffffffffff168273ffffffffffffffffffffffffffffffffffffffff16145b925050505b949350505050565b5f82815260026020908152604080832073ffffffffffffffffffffffffffffffffffffffff8516845290915290205460ff1661193c576040517fe2517d3f00000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff82166004820152602481018390526044016107e2565b5050565b60605f61194c83611a0b565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b5f61056761198961170b565b836040517f19010000000000000000000000000000000000000000000000000000000000008152600281019290925260228201526042902090565b5f808060418490036119f8578435602086013560408701355f1a6119ea89828585611a4b565b955095509550505050611a02565b505f915060029050825b93509350939050565b5f60ff8216601f811115610567576040517fb3512b0c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0841115611a8457505f91506003905082611b34565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa158015611ad5573d5f5f3e3d5ffd5b50506040517fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0015191505073ffffffffffffffffffffffffffffffffffffffff8116611b2b57505f925060019150829050611b34565b92505f91508190505b9450945094915050565b5f60208284031215611b4e575f5ffd5b81357fffffffff0000000000000000000000000000000000000000000000000000000081168114611b7d575f5ffd5b9392505050565b803573ffffffffffffffffffffffffffffffffffffffff81168114611ba7575f5ffd5b919050565b803567ffffffffffffffff81168114611ba7575f5ffd5b5f5f83601f840112611bd3575f5ffd5b50813567ffffffffffffffff811115611bea575f5ffd5b602083019150836020828501011115611c01575f5ffd5b9250929050565b5f5f5f5f5f5f60a08789031215611c1d575f5ffd5b611c2687611b84565b955060208701359450611c3b60408801611bac565b9350611c4960608801611bac565b9250608087013567ffffffffffffffff811115611c64575f5ffd5b611c7089828a01611bc3565b979a9699509497509295939492505050565b5f60208284031215611c92575f5ffd5b5035919050565b5f5f83601f840112611ca9575f5ffd5b50813567ffffffffffffffff811115611cc0575f5ffd5b6020830191508360208260051b8501011115611c01575f5ffd5b5f5f60208385031215611ceb575f5ffd5b823567ffffffffffffffff811115611d01575f5ffd5b611d0d85828601611c99565b90969095509350505050565b5f5f60408385031215611d2a575f5ffd5b82359150611d3a60208401611b84565b90509250929050565b5f5f5f60608486031215611d55575f5ffd5b83359250611d6560208501611bac565b929592945050506040919091013590565b5f5f5f5f60608587031215611d89575f5ffd5b611d9285611b84565b935060208501359250604085013567ffffffffffffffff811115611db4575f5ffd5b611dc087828801611bc3565b95989497509550505050565b5f81518084528060208401602086015e5f6020828601015260207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f83011685010191505092915050565b7fff000000000000000000000000000000000000000000000000000000000000008816815260e060208201525f611e5260e0830189611dcc565b8281036040840152611e648189611dcc565b6060840188905273ffffffffffffffffffffffffffffffffffffffff8716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b81811015611ec6578351835260209384019390920191600101611ea8565b50909b9a5050505050505050505050565b5f5f60408385031215611ee8575f5ffd5b611ef183611b84565b946020939093013593505050565b5f5f5f60408486031215611f11575f5ffd5b833567ffffffffffffffff811115611f27575f5ffd5b611f3386828701611bc3565b909790965060209590950135949350505050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b60048110611f8457611f84611f47565b9052565b73ffffffffffffffffffffffffffffffffffffffff8516815260808101611fb26020830186611f74565b64ffffffffff8416604083015264ffffffffff8316606083015295945050505050565b60608101611fe38286611f74565b64ffffffffff8416602083015264ffffffffff83166040830152949350505050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b5f82357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa1833603018112612064575f5ffd5b9190910192915050565b5f6020828403121561207e575f5ffd5b611b7d82611b84565b5f5f83357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe18436030181126120ba575f5ffd5b83018035915067ffffffffffffffff8211156120d4575f5ffd5b602001915036819003821315611c01575f5ffd5b600c8110611f8457611f84611f47565b83815260208101839052606081016118ad60408301846120e8565b6020810161056782846120e8565b818382375f9101908152919050565b60408152826040820152828460608301375f606084830101525f60607fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f8601168301019050826020830152949350505050565b5f82357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff61833603018112612064575f5ffd5b5f602082840312156121c7575f5ffd5b611b7d82611bac565b5f67ffffffffffffffff83168061220e577f4e487b71000000000000000000000000000000000000000000000000000000005f52601260045260245ffd5b8067ffffffffffffffff8416069150509291505056",
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
// Solidity: constructor(address admin, address operator, address logKeeper) returns()
func (consentLedger *ConsentLedger) PackConstructor(admin common.Address, operator common.Address, logKeeper common.Address) []byte {
	enc, err := consentLedger.abi.Pack("", admin, operator, logKeeper)
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

// PackLOGROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x16a5dc85.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function LOG_ROLE() view returns(bytes32)
func (consentLedger *ConsentLedger) PackLOGROLE() []byte {
	enc, err := consentLedger.abi.Pack("LOG_ROLE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLOGROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x16a5dc85.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function LOG_ROLE() view returns(bytes32)
func (consentLedger *ConsentLedger) TryPackLOGROLE() ([]byte, error) {
	return consentLedger.abi.Pack("LOG_ROLE")
}

// UnpackLOGROLE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x16a5dc85.
//
// Solidity: function LOG_ROLE() view returns(bytes32)
func (consentLedger *ConsentLedger) UnpackLOGROLE(data []byte) ([32]byte, error) {
	out, err := consentLedger.abi.Unpack("LOG_ROLE", data)
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
