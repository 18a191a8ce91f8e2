import { createServer } from 'node:http';

/**
 * A stand-in for Gemini, behind which a test says what the model wants next: its program is driven without an account.
 * `origin`: what the program takes for Google. `tools`: the names that it was offered, once it asks for the first time.
 */
export async function startScriptedModel() {
  let hear;
  let next = new Promise(resolve => {
    hear = resolve;
  });
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    hear({ asked: JSON.parse(text), response });
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));

  /** What the program says to the model. */
  async function listen() {
    const heard = await next;
    next = new Promise(resolve => {
      hear = resolve;
    });
    return heard;
  }

  let turn = listen();

  async function say(part) {
    const { response } = await turn;
    const candidate = { content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 };
    const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 };
    response.setHeader('content-type', 'text/event-stream');
    turn = listen();
    response.end(`data: ${JSON.stringify({ candidates: [candidate], usageMetadata })}\n\n`);
  }

  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    async tools() {
      const { asked } = await turn;
      return asked.tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name }) => name));
    },
    /** The answer of the tool, as the program hands it to the model. What it asks twice is answered twice. */
    async call(name, args) {
      for (let times = 0; times < 3; times += 1) {
        await say({ functionCall: { name, args } });
        const { parts } = (await turn).asked.contents.at(-1);
        if (parts.some(({ functionResponse }) => functionResponse?.name === name)) return parts;
      }
      throw new Error(`the program does not call ${name}`);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
