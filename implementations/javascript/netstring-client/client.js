// Client for netstrings: a decimal length, a colon, that many bytes, a comma. What it says comes back.
'use strict';

const net = require('node:net');

const MESSAGES = ['hello', '', 'naïve €'];
const MAX_LENGTH = 65536;
const LENGTH = /^(0|[1-9][0-9]{0,8})(:|$)/; // all of a length, or as much as there is
const COMMA = Buffer.from(',');

// The first message and what is behind it; null if that is not complete; throws if it is malformed.
function takeMessage(buffer) {
  if (buffer.length === 0) return null;
  const match = LENGTH.exec(buffer.toString('latin1', 0, 10));
  if (!match || Number(match[1]) > MAX_LENGTH) throw new Error('not a netstring');
  const start = match[0].length;
  const end = start + Number(match[1]);
  if (!match[2] || buffer.length <= end) return null;
  if (buffer[end] !== COMMA[0]) throw new Error('no comma after the message');
  return { message: buffer.subarray(start, end), rest: buffer.subarray(end + 1) };
}

// Each message as soon as it is complete.
async function* receiveMessages(socket) {
  let buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    buffer = Buffer.concat([buffer, chunk]);
    let taken;
    while ((taken = takeMessage(buffer))) {
      yield taken.message;
      buffer = taken.rest;
    }
  }
}

function frame(message) {
  return Buffer.concat([Buffer.from(`${message.length}:`), message, COMMA]);
}

// Sends each message, and waits for it to come back before the next.
async function ask(socket) {
  const answers = receiveMessages(socket);
  for (const message of MESSAGES) {
    socket.write(frame(Buffer.from(message)));
    const { value: answer, done } = await answers.next();
    if (done) throw new Error('the stream ended');
    console.log(answer.toString());
  }
}

const [host, port] = process.argv.slice(2);
const socket = net.connect(Number(port), host, () => {
  ask(socket)
    .catch((error) => {
      console.error(`no answer: ${error.message}`);
      process.exitCode = 1;
    })
    .finally(() => socket.destroy());
});
socket.on('error', () => {}); // whoever waits for an answer is told
