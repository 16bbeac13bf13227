const clients = [];

net.createServer((socket) => {
  clients.push(socket); // and nothing ever removes it
  serve(socket, handle);
});
