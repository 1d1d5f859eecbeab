// EIP-712 documents, the same as in consent/typed.go.
import { keccak_256 } from "@noble/hashes/sha3.js";
import { concat, hex, uint, unhex, utf8, FormError, type Hex } from "./bytes.ts";
import type { Key } from "./seed.ts";

/** Every document that is signed, as its EIP-712 type. */
export const documents = {
  grant:
    "Grant(uint16 version,uint8 audience,bytes32 institution,bytes32 request,string purpose,string legalBasis,string jurisdiction,string[] fields,uint8 actions,uint64 notBefore,uint64 expires,uint32 maxReleases,uint32 retentionDays,bytes32 noticeDigest,string noticeLanguage,uint8 representation,uint8 assistance,address grantKey,bytes32 salt)",
  request:
    "Request(uint16 version,bytes32 institution,string purpose,string legalBasis,string jurisdiction,string[] fields,uint8 actions,uint64 notBefore,uint64 expires,uint32 maxReleases,uint32 retentionDays,bytes32[] notices,uint64 answerBy,bytes32 salt)",
  binding: "Binding(bytes32 grant,bytes32 identity,bytes32 opening,uint64 time)",
  grantAct: "Grant(bytes32 id,uint64 expiry,uint64 deadline)",
  withdraw: "Withdraw(bytes32 id)",
  withdrawAsIdentity: "WithdrawAsIdentity(bytes32 id,bytes32 identity)",
  withdrawAll: "WithdrawAll(bytes32 identity,string vault,uint64 time)",
  refuse: "Refuse(bytes32 request,bytes32 identity,uint64 time)",
  enrol: "Enrol(bytes32 identity,string vault,address sessionKey,string jurisdiction,uint64 time)",
  register: "Register(bytes32 id,uint64 deadline)",
  session: "Session(bytes32 identity,string vault,string origin,bytes32 nonce,bytes32 proofKey,uint64 expires)",
  policyFacts: "PolicyFacts(bytes32 identity,string vault,bool minor,bool representative,string[] neverCountries,uint64 time)",
  dispute: "Dispute(bytes32 identity,string vault,uint64 since,uint64 time)",
  erase: "Erase(bytes32 identity,string vault)",
  correct: "Correct(bytes32 identity,string vault,string field,bytes32 value,uint64 time)",
  exportOrder: "Export(bytes32 identity,string vault,string[] fields,uint64 time)",
  importOrder: "Import(bytes32 identity,string vault,bytes32 file,bool partial,uint64 time)",
  assistKey: "AssistKey(bytes32 identity,string vault,address key,uint64 time)",
  assistSession: "AssistSession(bytes32 identity,string vault,string origin,bytes32 request,bytes32 nonce,bytes32 proofKey,uint64 expires)",
  assistedBinding: "AssistedBinding(bytes32 grant,bytes32 identity,bytes32 opening,uint64 time)",
  assistWithdraw: "AssistWithdraw(bytes32 id,bytes32 identity,string vault,uint64 time)",
  assistWithdrawAll: "AssistWithdrawAll(bytes32 identity,string vault,uint64 time)",
  represent: "Represent(bytes32 identity,bytes32 representative,string vault,uint64 until,uint64 time)",
  representedBinding: "RepresentedBinding(bytes32 grant,bytes32 identity,bytes32 representative,bytes32 opening,uint64 time)",
  card: "Card(bytes32 identity,string vault,bytes32 card,address askKey,bytes32 content,uint64 time)",
  resetCard: "ResetCard(bytes32 identity,string vault,bytes32 card,uint64 time)",
  askRestore: "AskRestore(bytes32 card,string vault,bytes32 pickup,uint64 time)",
  cancelRestore: "CancelRestore(bytes32 identity,string vault,bytes32 pickup)",
} as const;

type Value<T extends string> = T extends "string[]" ? readonly string[]
  : T extends "bytes32[]" ? readonly Hex[]
  : T extends "string" ? string
  : T extends "bool" ? boolean
  : T extends "bytes32" | "address" ? Hex
  : T extends `uint${string}` ? number | bigint
  : never;

type Members<S extends string, M = unknown> = S extends `${infer T} ${infer N},${infer Rest}` ? Members<Rest, M & { [K in N]: Value<T> }>
  : S extends `${infer T} ${infer N}` ? M & { [K in N]: Value<T> }
  : never;

/** The members of a document, from its EIP-712 type. */
export type Message<T extends string> = T extends `${string}(${infer M})` ? Members<M> : never;

/** Separates signatures by deployment. Contract is ConsentLedger, but KeyRegistry for `register`. */
export interface Domain {
  chainId: bigint;
  contract: Hex;
}

const keccak = (...parts: Uint8Array[]): Uint8Array => keccak_256(concat(...parts));

function word(type: string, value: unknown): Uint8Array {
  switch (type) {
    case "bytes32":
      return unhex(value as string);
    case "address":
      return concat(new Uint8Array(12), unhex(value as string, 20));
    case "bool":
      return uint(value ? 1 : 0, 32);
    case "string":
      return keccak(utf8(value as string));
    case "string[]":
      return keccak(...(value as string[]).map((s) => word("string", s)));
    case "bytes32[]":
      return keccak(...(value as string[]).map((s) => unhex(s)));
  }
  const bits = Number(/^uint(\d+)$/.exec(type)?.[1]);
  const number = BigInt(value as number | bigint);
  if (!bits || number < 0n || number >> BigInt(bits) !== 0n) throw new FormError(`not a ${type}`);
  return uint(number, 32);
}

/** The EIP-712 struct hash of a document. FormError for a member that is not of its type. */
export function structHash<T extends string>(type: T, message: Message<T>): Uint8Array {
  const members = type.slice(type.indexOf("(") + 1, -1).split(",");
  return keccak(keccak(utf8(type)), ...members.map((m) => {
    const [kind, name] = m.split(" ") as [string, string];
    return word(kind, (message as Record<string, unknown>)[name]);
  }));
}

/** What a key signs. */
export function digest(domain: Domain, hash: Uint8Array): Uint8Array {
  const separator = structHash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)", {
    name: "Wrappy Vault", version: "1", chainId: domain.chainId, verifyingContract: domain.contract,
  });
  return keccak(Uint8Array.of(0x19, 0x01), separator, hash);
}

/** Signs a document of the table above. */
export function sign<T extends string>(key: Key, domain: Domain, type: T, message: Message<T>): Hex {
  return key.sign(digest(domain, structHash(type, message)));
}

export const idOf = <T extends string>(type: T, message: Message<T>): Hex => hex(structHash(type, message));
