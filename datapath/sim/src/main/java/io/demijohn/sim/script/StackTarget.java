package io.demijohn.sim.script;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Capabilities;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.sim.Pattern;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.Stack;
import io.demijohn.stack.StackConfig;
import io.demijohn.stack.tcp.SendMemory;
import java.util.ArrayList;
import java.util.List;

/** Our stack in virtual time as a target of scripts. Owned by one {@link ScriptPlayer}; one thread. */
final class StackTarget implements ScriptTarget {
    /** What a packet buffer holds beside the largest IP packet: room for headers before and behind it. */
    private static final int SLACK_BYTES = 548;

    private static final int SEND_MEMORY_BYTES = 1 << 20;
    private static final int BATCH_MAX = 64;
    private static final int STEPS_MAX = 100_000;
    private static final long SEED = 1;
    private static final long START_NANOS = 1_000_000_000L;

    private final Region packets;
    private final Region sending = Region.allocate(SEND_MEMORY_BYTES);
    private final BufferPool pool;
    private final Stack stack;
    private final ScriptedApplication application;
    private final PacketBuffer[] batch = new PacketBuffer[BATCH_MAX];
    private long nowNanos = START_NANOS;

    StackTarget(
            ScriptSettings settings, ScriptedNetwork network, ScriptedPeer peer, Pattern written, Pattern expected) {
        int slotBytes = settings.mtuBytes() + SLACK_BYTES;
        this.packets = Region.allocate((long) settings.buffers() * slotBytes);
        this.pool = new BufferPool(packets, slotBytes);
        this.stack = new Stack(
                new StackConfig(
                        ScriptedNetwork.STACK_STATION,
                        List.of(new LocalNetwork(
                                network.address(ScriptedNetwork.STACK_HOST), network.prefixLength(), false)),
                        null,
                        settings.mtuBytes(),
                        false,
                        new Capabilities(false, false, true, false, BATCH_MAX),
                        settings.tcp(),
                        SEED),
                pool,
                new SendMemory(sending),
                nowNanos);
        this.application = new ScriptedApplication(stack, network, peer, written, expected);
    }

    @Override
    public void advanceTo(long atNanos, Sink sink) {
        long targetNanos = START_NANOS + atNanos;
        for (int step = 0; step < STEPS_MAX; step++) {
            drain(sink);
            long due = stack.nextDeadlineNanos();
            if (due > targetNanos) {
                break;
            }
            nowNanos = Math.max(nowNanos, due);
            stack.advance(nowNanos);
        }
        nowNanos = Math.max(nowNanos, targetNanos);
    }

    @Override
    public long nowNanos() {
        return nowNanos - START_NANOS;
    }

    @Override
    public void receive(byte[] frame, Sink sink) {
        PacketBuffer buffer = pool.acquire();
        if (buffer == null) {
            throw new ScriptException("no packet buffer left");
        }
        Mem.copyIn(frame, 0, buffer.append(frame.length), frame.length);
        stack.receive(buffer, nowNanos);
        drain(sink);
    }

    @Override
    public String call(String connection, List<String> words, Sink sink) {
        String result = ScriptPlayer.OK;
        try {
            List<String> named = new ArrayList<>(List.of(connection));
            named.addAll(words);
            application.act(named, nowNanos);
        } catch (ScriptException e) {
            result = String.valueOf(e.getMessage());
        }
        drain(sink);
        return result;
    }

    /** Returns 0: the application told the peer itself. */
    @Override
    public int localPort() {
        return 0;
    }

    @Override
    public void close() {
        packets.close();
        sending.close();
    }

    private void drain(Sink sink) {
        application.collect();
        for (int count = stack.drainTransmit(batch, BATCH_MAX); count > 0; ) {
            for (int index = 0; index < count; index++) {
                byte[] frame = new byte[batch[index].length()];
                Mem.copyOut(batch[index].address(), frame, 0, frame.length);
                batch[index].release();
                sink.frame(nowNanos - START_NANOS, frame);
            }
            count = stack.drainTransmit(batch, BATCH_MAX);
        }
    }
}
