"""Echo server for lines that end in CR LF, with Twisted's LineReceiver."""

import sys

from twisted.internet import protocol, reactor
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.protocols.basic import LineReceiver
from zope.interface import implementer


@implementer(IHalfCloseableProtocol)  # otherwise the end of the stream throws away what is still to be sent
class Echo(LineReceiver):
    MAX_LENGTH = 1024

    def lineReceived(self, line: bytes) -> None:
        self.sendLine(line)

    def readConnectionLost(self) -> None:
        self.transport.loseConnection()  # once everything is sent

    def writeConnectionLost(self) -> None:
        pass


reactor.listenTCP(int(sys.argv[1]), protocol.Factory.forProtocol(Echo), interface="127.0.0.1")
reactor.run()
