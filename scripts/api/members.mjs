// The public members of a class or an interface, with those of its bases that users cannot look up themselves.
import ts from 'typescript-5.9';
import { lookUp } from './declarations.mjs';
import { docstringOf } from './docstring.mjs';

/**
 * @typedef {object} Member
 * @property {string} name
 * @property {string} signature as it is declared
 * @property {import('./docstring.mjs').Docstring | undefined} docstring
 * @property {string} file where it is declared
 * @property {'own' | 'told'} meaning `told`: its signature or an interface of Node says it all, so no docstring is asked for
 * @property {readonly Member[]} members those of an object that is written out as its type
 */

/** @param {import('./declarations.mjs').Found} found @param {ReadonlySet<string>} exported @returns {Member[]} */
export function membersOf(found, exported) {
  return found.nodes.flatMap((node) => {
    if (!ts.isClassDeclaration(node) && !ts.isInterfaceDeclaration(node)) return [];
    const own = [...node.members].filter(isPublic).map((member) => memberOf(member, found));
    /** @type {Member[]} */
    const hidden = [];
    for (const { name } of basesOf(node)) {
      const base = lookUp(found.file, name);
      const inherited = base === undefined ? [] : membersOf(base, exported);
      for (const member of inherited) {
        const again = own.findIndex((one) => one.name === member.name);
        const repeated = own[again];
        // As editors do: what is declared again without a docstring means what the base says.
        if (repeated !== undefined) own[again] = { ...repeated, docstring: repeated.docstring ?? member.docstring };
        else if (!exported.has(name)) hidden.push(member);
      }
    }
    return [...hidden, ...own];
  });
}

/** What follows `extends` and `implements`. @param {ts.ClassDeclaration | ts.InterfaceDeclaration} node */
export function basesOf(node) {
  const bases = (node.heritageClauses ?? []).flatMap(({ types }) => types);
  return bases.map((type) => ({ name: type.expression.getText(), text: type.getText() }));
}

/** @param {ts.ClassElement | ts.TypeElement} member */
function isPublic(member) {
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return false;
  const modifiers = ts.canHaveModifiers(member) ? ts.getModifiers(member) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) !== true;
}

/** @param {ts.ClassElement | ts.TypeElement} member @param {import('./declarations.mjs').Found} owner @returns {Member} */
function memberOf(member, owner) {
  const name = member.name?.getText() ?? (ts.isConstructorDeclaration(member) ? 'constructor' : '[…]');
  const literal =
    ts.isPropertySignature(member) && member.type !== undefined && ts.isTypeLiteralNode(member.type)
      ? member.type
      : undefined;
  const text = literal === undefined ? member.getText() : member.getText().replace(literal.getText(), '{ … }');
  return {
    name,
    signature: text
      .replace(/;$/, '')
      .replaceAll(/\s+/g, ' ')
      .replace(/^constructor\b/, `new ${owner.name}`),
    docstring: docstringOf(member),
    file: owner.file,
    meaning: name.startsWith('[Symbol.') || isDiscriminant(member) ? 'told' : 'own',
    members: (literal?.members ?? []).map((inner) => memberOf(inner, owner)),
  };
}

/** Whether a member can have one value only, which says what the object is. @param {ts.Node} member */
function isDiscriminant(member) {
  return ts.isPropertySignature(member) && member.type !== undefined && ts.isLiteralTypeNode(member.type);
}
