import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { projectFile } from '../../../../gateway/project.js';

/** A complaint as the source words it, `…` where a value comes in. */
export interface Complaint {
  readonly words: string;
  /** Matches what is told. */
  readonly pattern: RegExp;
  readonly file: string;
}

/** Where checks of authors' files are written. */
const FOLDERS = ['gateway/core/flow', 'gateway/core/flow/kinds', 'gateway/core/authoring', 'gateway/core/acd', 'gateway/adapters/connectors'];
/** What a node uses is named `what` as well. */
const USES: readonly string[] = ['prompt', 'value', 'template', 'target'];

/** Every complaint that some check can make: read from the source, so that none is left out by oversight. */
export function complaintsInSource(): readonly Complaint[] {
  const files = [...FOLDERS.flatMap((folder) => readdirSync(projectFile(folder)).filter((name) => name.endsWith('.ts')).map((name) => join(folder, name))), 'gateway/content.ts'];
  const all = files.flatMap((file) => complaintsOf(file));
  return [...new Map(all.map((one) => [one.words, one])).values()];
}

function complaintsOf(file: string): readonly Complaint[] {
  const source = ts.createSourceFile(file, readFileSync(projectFile(file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Complaint[] = [];
  const take = (expression: ts.Expression): void => {
    if (ts.isParenthesizedExpression(expression)) take(expression.expression);
    else if (ts.isConditionalExpression(expression)) [expression.whenTrue, expression.whenFalse].forEach(take);
    else if (ts.isStringLiteralLike(expression) || ts.isTemplateExpression(expression)) found.push(complaint(expression, file));
    else if (ts.isIdentifier(expression)) valuesOf(source, expression.text).forEach(take);
    else throw new Error(`${file}: cannot read the complaint ${expression.getText()}`);
  };
  each(source, (node) => {
    if (!ts.isObjectLiteralExpression(node)) return;
    const names = node.properties.map((property) => property.name?.getText() ?? '');
    const what = node.properties.find((property) => property.name?.getText() === 'what');
    if (what === undefined || !(names.includes('fix') || names.includes('path'))) return;
    if (ts.isShorthandPropertyAssignment(what)) take(what.name);
    else if (ts.isPropertyAssignment(what) && !(ts.isStringLiteralLike(what.initializer) && USES.includes(what.initializer.text))) take(what.initializer);
  });
  return found;
}

/** What a name can stand for: its constants, and what functions with a parameter of that name are called with. */
function valuesOf(source: ts.SourceFile, name: string): readonly ts.Expression[] {
  const values: ts.Expression[] = [];
  const takers = new Map<string, number>();
  each(source, (node) => {
    if (!ts.isVariableDeclaration(node) || node.initializer === undefined) return;
    if (node.name.getText() === name) values.push(node.initializer);
    const at = ts.isArrowFunction(node.initializer) ? node.initializer.parameters.findIndex((parameter) => parameter.name.getText() === name) : -1;
    if (at >= 0) takers.set(node.name.getText(), at);
  });
  each(source, (node) => {
    const at = ts.isCallExpression(node) ? takers.get(node.expression.getText()) : undefined;
    const given = ts.isCallExpression(node) && at !== undefined ? node.arguments[at] : undefined;
    if (given !== undefined) values.push(given);
  });
  if (values.length === 0) throw new Error(`${source.fileName}: nothing is known of ${name}`);
  return values;
}

function complaint(expression: ts.StringLiteralLike | ts.TemplateExpression, file: string): Complaint {
  const parts = ts.isTemplateExpression(expression) ? [expression.head.text, ...expression.templateSpans.map(({ literal }) => literal.text)] : [expression.text];
  return { words: parts.join('…'), pattern: new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`), file };
}

function each(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => each(child, visit));
}
