// Helpers of the tests: the vectors that the Go code is checked against.
import { readFileSync } from "node:fs";

/** A file of the repository. Tests run in web/me. */
export const file = (path: string): string => readFileSync(`../../${path}`, "utf8");
export const vectors = (path: string): any => JSON.parse(file(path));
