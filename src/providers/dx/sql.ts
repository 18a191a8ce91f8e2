/**
 * What says nothing about what a statement does: comments, texts, quoted names, texts between dollars. What is not
 * closed goes to the end, so that no part of a statement is looked at twice. A quote that is doubled in a text ends one
 * and begins the next.
 */
const silent = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'[^']*(?:'|$)|"[^"]*(?:"|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/g;

/**
 * Whether it looks like one statement that reads. It spares a round trip and a confusing answer; what it lets through
 * the platform judges itself.
 */
export function isOneSelect(sql: string): boolean {
  const bare = sql.replace(silent, ' ').trim();
  return /^\(*\s*(select|with)\b/i.test(bare) && !/;\s*\S/.test(bare);
}
