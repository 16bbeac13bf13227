// Client for delimited-crlf: a message is the bytes up to CRLF. What it says comes back.
'use strict';

const net = require('node:net');

const MESSAGES = ['hello', '', 'naïve €'];
const CRLF = '\r\n';

// Each message as soon as it is complete.
async function* receiveMessages(socket) {
  let buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    buffer = Buffer.concat([buffer, chunk]);
    let end;
    while ((end = buffer.indexOf(CRLF)) >= 0) {
      yield buffer.subarray(0, end);
      buffer = buffer.subarray(end + CRLF.length);
    }
  }
}

// Sends each message, and waits for it to come back before the next.
async function ask(socket) {
  const answers = receiveMessages(socket);
  for (const message of MESSAGES) {
    socket.write(message + CRLF);
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
