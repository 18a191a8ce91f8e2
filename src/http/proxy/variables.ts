/** A variable of the environment, as it is spelt there. */
export interface Variable {
  name: string;
  value: string;
}

/** What the environment says of proxies. */
export interface ProxyVariables {
  /** For https addresses. */
  https?: Variable;
  /** For http addresses. */
  http?: Variable;
  /** Hosts that are reached without one. */
  none?: Variable;
}

/** Undefined where no proxy is named. In lower case they win, as in curl; an empty one stands for no proxy. */
export function proxyVariables(env: Readonly<Record<string, string | undefined>>): ProxyVariables | undefined {
  const find = (name: string): Variable | undefined => {
    const found = [name, name.toUpperCase()].find(spelling => env[spelling] !== undefined);
    const value = found && env[found]?.trim();
    return found && value ? { name: found, value } : undefined;
  };
  const [https, http, none] = [find('https_proxy'), find('http_proxy'), find('no_proxy')];
  if (!https && !http) return undefined;
  return { ...(https && { https }), ...(http && { http }), ...(none && { none }) };
}
