// A server around a JavaScript function that reads messages: each connection is given to it, several at once.
//
// Run as `node driver.mjs PORT FILE NAME STYLE END` in the folder of the function, which FILE exports, in either module
// system. It gets a net.Socket that has not been read from. Styles:
//
//     one-message   `await receive(socket)` is the next message
//     all-messages  `receive(socket)` is an async generator, or anything else that `for await` takes
//     object        `new receive(socket)`, whose `await receive()` is the next message
//
// Each message is a line of JSON on standard output: {"message": ...}, or {"hex": "00ff"} for octets; and
// {"end": true} or {"error": "..."} at the end. What the function itself prints goes to standard error.

import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [port, file, name, style, end] = process.argv.slice(2);

// Whatever the function prints must not be taken for what it understood.
globalThis.console = new console.Console(process.stderr, process.stderr);
Object.defineProperty(process, 'stdout', { value: process.stderr });

function writeDown(entry) {
  let rest = Buffer.from(JSON.stringify(entry) + '\n');
  while (rest.length > 0) rest = rest.subarray(fs.writeSync(1, rest));
}

function writeDownMessage(message) {
  writeDown(message instanceof Uint8Array ? { hex: Buffer.from(message).toString('hex') } : { message });
}

function isEnd(message) {
  if (end === 'none') return message === null || message === undefined;
  return end === 'empty' && (message?.length ?? 0) === 0;
}

async function* repeated(next) {
  for (let message = await next(); !isEnd(message); message = await next()) yield message;
}

const STYLES = {
  'one-message': (receive, socket) => repeated(() => receive(socket)),
  'all-messages': (receive, socket) => receive(socket),
  object: (receive, socket) => {
    const reader = new receive(socket);
    return repeated(() => reader.receive());
  },
};

async function serve(receive, socket) {
  socket.on('error', () => {}); // the client vanished; without a listener that would be the end of the program
  try {
    for await (const message of STYLES[style](receive, socket)) writeDownMessage(message);
    writeDown({ end: true });
  } catch (error) {
    writeDown({ error: String(error) }); // the end of this connection, and of no other
  } finally {
    socket.destroy();
  }
}

const submission = await import(pathToFileURL(path.resolve(file)));
const receive = submission[name] ?? submission.default?.[name];
if (typeof receive !== 'function') {
  console.error(`expected a function ${name} that ${file} exports, found ${typeof receive}`);
  process.exit(1);
}
// The function decides what it does when the client has finished sending.
net.createServer({ allowHalfOpen: true }, (socket) => serve(receive, socket)).listen(Number(port), '127.0.0.1');
