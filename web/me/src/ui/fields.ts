// Fields as people see them: a picture and a word from the catalog in force.
import { h, picture } from "./dom";
import { current, has, t } from "../lang/words";
import type { Catalog, CatalogField } from "../wallet/wire";

/** The catalog's pictures, as characters that every phone has. */
const pictures: Record<string, string> = {
  allergy: "🥜", badge: "🎖️", bed: "🛏️", "birth-certificate": "📜", bottle: "🍾", briefcase: "💼", calendar: "📅", "calendar-check": "✅", candle: "🕯️", chat: "💬", clipboard: "📋", "clipboard-heart": "📋",
  diploma: "🎓", dna: "🧬", dots: "💭", envelope: "✉️", face: "🙂", flag: "🏳️", "folder-medical": "🗂️", gauge: "📏", "globe-house": "🌍", heartbeat: "💓", house: "🏠", household: "🍲", "id-card": "🆔", "id-number": "🔢",
  licence: "🚗", lock: "🔒", magnifier: "🔍", "map-pin": "📍", "marriage-certificate": "📜", mind: "🧠", mother: "👩", "name-tag": "📛", newborn: "👶", parcel: "📦", passport: "🛂", people: "👥", person: "🧑", phone: "📞",
  pills: "💊", pregnancy: "🤰", questionnaire: "❓", report: "📄", ribbon: "🎗️", rings: "💍", scalpel: "⚕️", school: "🏫", "school-check": "🏫", shield: "🛡️", speech: "🗣️", stethoscope: "👩‍⚕️", syringe: "💉", "syringe-check": "💉",
  target: "🎯", "test-tube": "🧪", therapy: "🧘", twins: "👯", walking: "🚶", xray: "🦴", "xray-finding": "🦴",
};

export interface Field { name: string; label: string; picture: string; sensitive: boolean; type: CatalogField["type"] | undefined; codes: string[] }

export function fieldIn(catalog: Catalog, name: string): Field {
  const f = catalog.fields.find((one) => one.name === name);
  return {
    name, type: f?.type, codes: f?.codes ?? [], picture: pictures[f?.picture ?? ""] ?? "📄", sensitive: !!f?.sensitive.length,
    label: f?.label[current().code] ?? f?.label.en ?? name.split(".").slice(1).join(" ").replaceAll("_", " "),
  };
}

const codes: Record<string, Record<string, string>> = {
  "identity.gender": { male: "male", female: "female", other: "other", unknown: "unknown" }, "identity.birth_sex": { M: "male", F: "female", OTH: "other", UNK: "unknown", ASKU: "unsaid" },
};

/** What a field's code means. */
export function coded(f: Field, code: string): string {
  const all = codes[f.name] ?? {};
  return Object.hasOwn(all, code) ? t(`code.${all[code]}`) : code;
}

/** A purpose in words, where the page has them. */
export function purposeIn(code: string): string {
  const key = `purpose.${code.replace(":", ".")}`;
  return has(key) ? t(key) : code.split(":").pop()!;
}

/** Fields in a row, each a picture and its word. */
export const list = (catalog: Catalog, names: readonly string[]): HTMLElement => h("ul", { class: "fields" },
  ...names.map((name) => fieldIn(catalog, name)).map((f) => h("li", null, picture(f.picture), h("p", { "data-say": f.name }, f.label))));

/** A value in words: what a person would read of it. */
export function plain(value: unknown): string {
  if (value == null) return "";
  if (Array.isArray(value)) return value.map(plain).filter(Boolean).join(" · ");
  if (typeof value !== "object") return String(value);
  const v = value as Record<string, unknown>;
  if (v.family || v.given) return [...(Array.isArray(v.given) ? v.given : [v.given]), v.family].filter(Boolean).join(" ");
  for (const best of ["text", "display"]) if (typeof v[best] === "string") return v[best];
  for (const inner of ["coding", "code", "vaccineCode", "medicationCodeableConcept", "language", "valueQuantity"]) if (v[inner]) return [plain(v[inner]), v[inner] !== v.valueQuantity ? plain(v.valueQuantity) : ""].filter(Boolean).join(" ");
  const hidden = new Set(["system", "use", "resourceType", "id", "meta", "period", "contentType", "data", "url", "reference", "status"]);
  return Object.entries(v).filter(([k]) => !hidden.has(k)).map(([, one]) => plain(one)).filter(Boolean).join(", ");
}

/** A photo among a value's items, as something that can be shown. */
export function photo(value: unknown): string | undefined {
  const item = (Array.isArray(value) ? value : [value]).find((p): p is { contentType: string; data: string } => typeof p?.data === "string" && /^image\/(png|jpeg|webp)$/.test(p?.contentType));
  return item && `data:${item.contentType};base64,${item.data}`;
}
