"""Echo server for text-u16: UTF-8 text with its length in two bytes, big-endian, with Twisted's Int16StringReceiver."""

import sys

from twisted.internet import protocol, reactor
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.protocols.basic import Int16StringReceiver
from zope.interface import implementer


@implementer(IHalfCloseableProtocol)  # otherwise the end of the stream throws away what is still to be sent
class Echo(Int16StringReceiver):
    def stringReceived(self, message: bytes) -> None:
        try:
            message.decode("utf-8")
        except UnicodeDecodeError:
            self.pauseProducing()  # what follows is not looked at any more
            self.transport.loseConnection()
        else:
            self.sendString(message)

    def readConnectionLost(self) -> None:
        self.transport.loseConnection()  # once everything is sent

    def writeConnectionLost(self) -> None:
        pass


reactor.listenTCP(int(sys.argv[1]), protocol.Factory.forProtocol(Echo), interface="127.0.0.1")
reactor.run()
