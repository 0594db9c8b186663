/** The inputs of the rules that phone and server share come from the county, also without a network; none is a constant of a screen. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { keepRules, rulesOf } from "../../../src/field/local/rules.ts";
import { beginVisitHazard } from "../../../src/field/screens/hazard/begin-for-visit.ts";
import { regraded } from "../../../src/field/screens/hazard/begin.ts";
import { startVisit } from "../../../src/field/local/visits.ts";
import { aVault, SUBJECT_ID } from "../fakes.ts";

const REPOSITORY = join(import.meta.dirname, "../../../..");
const SRC = join(REPOSITORY, "client/src");
const { days } = JSON.parse(readFileSync(join(REPOSITORY, "forms/holidays/2026.json"), "utf8")) as { days: Record<string, "off" | "working"> };

describe("a hazard found before the October holidays", () => {
  it("is due after them: the county's announced days are in the vault", async () => {
    const vault = await aVault();
    await keepRules(vault, { holidays: days });
    const visit = await startVisit(vault, SUBJECT_ID);

    const id = await beginVisitHazard(vault, visit, "2026-09-30");

    expect((await vault.db.hazard_drafts.get(id))?.deadline).toBe("2026-10-10");
  });

  it("is due after them when it is graded down again", async () => {
    const vault = await aVault();
    await keepRules(vault, { holidays: days });

    expect(regraded({ deadline: null, deadline_rule: null }, "general", "2026-09-30", (await rulesOf(vault)).holidays).deadline).toBe("2026-10-10");
  });
});

/** Functions that a room of rules exports, by the file that imports them. */
const ROOMS = ["forms", "sync", "media"];
const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return files(path);
    return /\.(ts|vue)$/.test(entry.name) ? [path] : [];
  });
const scriptOf = (path: string): string => {
  const text = readFileSync(path, "utf8");
  return path.endsWith(".vue") ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((found) => found[1]).join("\n") : text;
};

/** What is handed to rules, and to what hands it on to them, that is an empty constant. */
function emptyInputs(path: string): { calls: string[]; empty: string[] } {
  const source = ts.createSourceFile(path, scriptOf(path), ts.ScriptTarget.Latest, true);
  const rules = new Set<string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const isOfRules = ROOMS.some((room) => statement.moduleSpecifier.getText().includes(`/${room}/`)) || statement.moduleSpecifier.getText().includes("/begin.ts");
    const names = statement.importClause?.namedBindings;
    if (isOfRules && names && ts.isNamedImports(names)) for (const name of names.elements) rules.add(name.name.text);
  }
  const calls: string[] = [];
  const empty: string[] = [];
  const isEmpty = (node: ts.Node): boolean => (ts.isObjectLiteralExpression(node) && node.properties.length === 0) || (ts.isArrayLiteralExpression(node) && node.elements.length === 0);
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && rules.has(node.expression.text)) {
      calls.push(node.expression.text);
      for (const argument of node.arguments) {
        const parts = ts.isObjectLiteralExpression(argument) ? argument.properties.flatMap((part) => (ts.isPropertyAssignment(part) ? [part.initializer] : [])) : [];
        if ([argument, ...parts].some(isEmpty)) empty.push(`${path.slice(SRC.length)}: ${node.getText()}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { calls, empty };
}

describe("every input of a shared rule", () => {
  const found = ["field", "office"].flatMap((folder) => files(join(SRC, folder))).map(emptyInputs);

  it.each(["determine", "hazardOfItem", "hazardOfVisit", "regraded", "score", "carryOver", "dutyRefusal", "closesOnSpot"])("of %s comes from data", (rule) => {
    expect(found.some(({ calls }) => calls.includes(rule))).toBe(true);
    expect(found.flatMap(({ empty }) => empty.filter((call) => call.includes(`${rule}(`)))).toEqual([]);
  });

  it("of all the others as well", () => {
    expect(found.flatMap(({ empty }) => empty)).toEqual([]);
  });
});
