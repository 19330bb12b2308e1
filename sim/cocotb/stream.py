"""Both ends of a valid/ready stream, stalling at random, and the rules that hold for every stream."""

from bench import known, meaningless
from cocotb.triggers import RisingEdge


class StreamDriver:
    """Sends whole numbers. In a cycle without valid the data input carries no meaning: X under Icarus."""

    def __init__(self, clk, valid, ready, data, random_source, stall=0.0):
        """stall: share of the cycles in which it would have something to send and does not begin to."""
        self.clk, self.valid, self.ready, self.data = clk, valid, ready, data
        self.random, self.stall = random_source, stall
        self.width = len(data)
        self.queue = []
        self.sent = []  # what has passed since the last take()
        self.idle_input()

    def idle_input(self):
        self.valid.value = 0
        self.data.value = meaningless(self.random, self.width)

    def stop(self):
        """Forgets what has not passed yet; to be called in the cycle of a reset."""
        self.queue.clear()

    def take(self):
        sent, self.sent = self.sent, []
        return sent

    async def run(self):
        offered = None
        while True:
            await RisingEdge(self.clk)
            if offered is not None:
                if known(self.ready):
                    self.sent.append(offered)
                    # Emptied by stop() while it waited for this edge, perhaps.
                    if self.queue and self.queue[0] == offered:
                        self.queue.pop(0)
                    offered = None
                elif not self.queue:
                    offered = None  # only a reset may take an offer back
                else:
                    continue
            if self.queue and self.random.random() >= self.stall:
                offered = self.queue[0]
                self.valid.value = 1
                self.data.value = offered
            else:
                self.idle_input()


class StreamMonitor:
    """Takes whole numbers, and fails where valid falls or data moves while the stream is held up."""

    def __init__(self, clk, valid, ready, data, random_source, stall=0.0):
        self.clk, self.valid, self.ready, self.data = clk, valid, ready, data
        self.random, self.stall = random_source, stall
        self.received = []
        self.quiet_cycles = 0  # since something was last offered
        self.resetting = True  # nothing is known before the first reset
        self.ready.value = 0

    def reset_begins(self):
        """To be called in the cycle in which the reset input becomes 1."""
        self.resetting = True

    def reset_is_seen(self):
        """To be called in the cycle after: from now on the rules hold again."""
        self.resetting = False

    def take(self):
        received, self.received = self.received, []
        return received

    async def run(self):
        held = None
        is_ready = False
        while True:
            await RisingEdge(self.clk)
            if self.resetting:
                held = None
                self.quiet_cycles = 0
            else:
                held = self.look(held, is_ready)
            is_ready = self.becomes_ready(held)
            self.ready.value = int(is_ready)

    def becomes_ready(self, _held):
        """Whether it takes what the next cycle offers. _held: what waits already, or None."""
        return self.random.random() >= self.stall

    def look(self, held, is_ready):
        if not known(self.valid):
            assert held is None, f"{self.valid._path} fell before the data was taken"
            self.quiet_cycles += 1
            return None
        self.quiet_cycles = 0
        if held is None and not is_ready:
            return known(self.data)
        value = known(self.data)
        assert held is None or held == value, f"{self.data._path} moved while it was held up: {held:#x}, {value:#x}"
        if not is_ready:
            return held
        self.received.append(value)
        return None
