"""Echo server for netstrings, with Twisted's NetstringReceiver."""

import sys

from twisted.internet import protocol, reactor
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.protocols.basic import NetstringReceiver
from zope.interface import implementer


@implementer(IHalfCloseableProtocol)  # otherwise the end of the stream throws away what is still to be sent
class Echo(NetstringReceiver):
    MAX_LENGTH = 65536

    def stringReceived(self, message: bytes) -> None:
        self.sendString(message)

    def readConnectionLost(self) -> None:
        self.transport.loseConnection()  # once everything is sent

    def writeConnectionLost(self) -> None:
        pass


reactor.listenTCP(int(sys.argv[1]), protocol.Factory.forProtocol(Echo), interface="127.0.0.1")
reactor.run()
