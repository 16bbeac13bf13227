// Client that reads blocks-u32: blocks with a 4-byte big-endian length, of which an empty one is the last.
//
// Each block is one line of JSON on standard output, as soon as it is complete: {"message": "hello"}, or
// {"hex": "00ff"} where it is not UTF-8. The end of the stream is {"end": true}, or {"error": "..."} where it
// should not have come yet or the stream is malformed.
'use strict';

const { isUtf8 } = require('node:buffer');
const net = require('node:net');

const HEADER = 4;
const MAX_LENGTH = 65536;

function writeDown(line) {
  process.stdout.write(JSON.stringify(line) + '\n');
}

function writeDownBlock(block) {
  writeDown(isUtf8(block) ? { message: block.toString() } : { hex: block.toString('hex') });
}

function receiveBlocks(socket) {
  let buffer = Buffer.alloc(0);
  let isComplete = false; // the empty block has come

  function takeBlocks() {
    while (!isComplete && buffer.length >= HEADER) {
      const length = buffer.readUInt32BE();
      if (length > MAX_LENGTH) throw new Error(`a block of ${length} bytes is too long`);
      const end = HEADER + length;
      if (buffer.length < end) return;
      writeDownBlock(buffer.subarray(HEADER, end));
      buffer = buffer.subarray(end);
      isComplete = length === 0;
    }
    if (isComplete && buffer.length > 0) throw new Error('there is something behind the last block');
  }

  socket.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    try {
      takeBlocks();
    } catch (error) {
      socket.destroy(error);
    }
  });
  socket.on('end', () => {
    if (isComplete) writeDown({ end: true });
    else writeDown({ error: 'the stream ended before the last block' });
  });
  socket.on('error', (error) => writeDown({ error: error.message })); // malformed, or the server vanished
}

const [host, port] = process.argv.slice(2);
receiveBlocks(net.connect(Number(port), host));
