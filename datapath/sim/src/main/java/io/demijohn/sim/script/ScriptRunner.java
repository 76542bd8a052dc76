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
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;

/**
 * Runs one packet script against one stack in virtual time.
 *
 * <p>Used once, by one thread. A failure names the line and shows everything that was sent and received until then in the
 * language of scripts. At the end the application lets go, ten minutes pass, and all memory must be back.
 */
public final class ScriptRunner implements AutoCloseable {
    /** What a packet buffer holds beside the largest IP packet: room for headers before and behind it. */
    private static final int SLACK_BYTES = 548;

    private static final int SLOT_ALIGNMENT = 2048;
    private static final int SEND_MEMORY_BYTES = 1 << 20;
    private static final int BATCH_MAX = 64;
    private static final int STEPS_MAX = 100_000;
    private static final long SEED = 1;
    private static final Pattern FROM_PEER = new Pattern(SEED);
    private static final Pattern FROM_STACK = new Pattern(SEED + 1);
    private static final long START_NANOS = 1_000_000_000L;
    private static final long AFTERMATH_NANOS = 600_000_000_000L;

    private final Script script;
    private final Region packets;
    private final Region sending = Region.allocate(SEND_MEMORY_BYTES);
    private final BufferPool pool;
    private final SendMemory sendMemory = new SendMemory(sending);
    private final Stack stack;
    private final ScriptedPeer peer;
    private final ScriptedApplication application;
    private final PacketBuffer[] batch = new PacketBuffer[BATCH_MAX];
    private final ArrayDeque<Sent> sent = new ArrayDeque<>();
    private final StringBuilder transcript = new StringBuilder();
    private long nowNanos = START_NANOS;
    private int lastNumber;

    /** A packet that the stack sent, and when. */
    private record Sent(long atNanos, Packet packet) {}

    /** Makes a stack as the script's settings say. */
    public ScriptRunner(Script script) {
        this.script = script;
        ScriptSettings settings = new ScriptSettings(script.settings());
        ScriptedNetwork network = new ScriptedNetwork(settings.six());
        int slotBytes = (settings.mtuBytes() + SLACK_BYTES + SLOT_ALIGNMENT - 1) / SLOT_ALIGNMENT * SLOT_ALIGNMENT;
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
                sendMemory,
                nowNanos);
        this.peer = new ScriptedPeer(network, FROM_PEER, FROM_STACK);
        this.application = new ScriptedApplication(stack, network, peer, FROM_STACK, FROM_PEER);
    }

    /**
     * Runs the script to its end.
     *
     * @throws ScriptException if the stack does anything but what the script says
     */
    public void run() {
        for (ScriptLine line : script.lines()) {
            try {
                play(line);
            } catch (ScriptException e) {
                throw failure(line.number(), String.valueOf(e.getMessage()));
            }
        }
        int last = script.lines().isEmpty()
                ? 1
                : script.lines().get(script.lines().size() - 1).number();
        Sent extra = sent.peek();
        if (extra != null) {
            throw failure(last, "the stack also sent " + extra.packet());
        }
        application.end(nowNanos);
        advanceTo(nowNanos + AFTERMATH_NANOS, false);
        application.release();
        checkMemory(last);
    }

    private void checkMemory(int last) {
        int missing = pool.count() - pool.freeCount();
        int chunks = sendMemory.count() - sendMemory.freeCount();
        if (missing != 0 || chunks != 0) {
            throw failure(last, missing + " packet buffers and " + chunks + " send chunks lost");
        }
    }

    @Override
    public void close() {
        packets.close();
        sending.close();
    }

    private void play(ScriptLine line) {
        long from = START_NANOS + line.fromNanos();
        if (line.actor() == ScriptLine.Actor.OUT) {
            expect(line, from, START_NANOS + line.untilNanos());
            return;
        }
        if (line.actor() == ScriptLine.Actor.JUMP) {
            nowNanos = from; // nothing ran meanwhile: all that was due comes late
        }
        advanceTo(from, false);
        boolean goesOn = line.number() == lastNumber; // the next one of "times N": answers may come in between
        lastNumber = line.number();
        Sent extra = line.actor() == ScriptLine.Actor.JUMP ? null : sent.peek();
        if (extra != null && !goesOn) {
            throw new ScriptException("before this line the stack sent " + extra.packet());
        }
        switch (line.actor()) {
            case APP -> {
                note("app", String.join(" ", line.words()));
                application.act(line.words(), nowNanos);
            }
            case IN -> {
                note("in ", line.present().toString());
                inject(peer.encode(line.present()));
            }
            default -> note(line.actor().name().toLowerCase(Locale.ROOT), "");
        }
        drain();
    }

    private void expect(ScriptLine line, long from, long until) {
        if (sent.isEmpty()) {
            advanceTo(until, true);
        }
        Sent next = sent.poll();
        if (next == null) {
            throw new ScriptException("the stack sent nothing; expected " + line.present());
        }
        if (!line.present().agrees(next.packet())) {
            throw new ScriptException("the stack sent " + next.packet() + "; expected " + line.present());
        }
        if (next.atNanos() < from || next.atNanos() > until) {
            throw new ScriptException(
                    "sent at " + seconds(next.atNanos()) + ", not at " + seconds(from) + ": " + next.packet());
        }
    }

    /** Moves time on, deadline by deadline; with {@code untilSent} only up to the first packet. */
    private void advanceTo(long targetNanos, boolean untilSent) {
        for (int step = 0; step < STEPS_MAX; step++) {
            drain();
            long due = stack.nextDeadlineNanos();
            if ((untilSent && !sent.isEmpty()) || due > targetNanos) {
                break;
            }
            nowNanos = Math.max(nowNanos, due);
            stack.advance(nowNanos);
        }
        if (!untilSent || sent.isEmpty()) {
            nowNanos = Math.max(nowNanos, targetNanos);
        }
    }

    private void inject(byte[] frame) {
        PacketBuffer buffer = pool.acquire();
        if (buffer == null) {
            throw new ScriptException("no packet buffer left");
        }
        Mem.copyIn(frame, 0, buffer.append(frame.length), frame.length);
        stack.receive(buffer, nowNanos);
    }

    /** Takes events and frames from the stack. */
    private void drain() {
        application.collect();
        int count = stack.drainTransmit(batch, BATCH_MAX);
        while (count > 0) {
            for (int index = 0; index < count; index++) {
                byte[] frame = new byte[batch[index].length()];
                Mem.copyOut(batch[index].address(), frame, 0, frame.length);
                batch[index].release();
                Packet packet = peer.decode(frame);
                if (packet != null) {
                    note("out", packet.toString());
                    sent.add(new Sent(nowNanos, packet));
                }
            }
            count = stack.drainTransmit(batch, BATCH_MAX);
        }
    }

    private void note(String who, String what) {
        transcript
                .append(seconds(nowNanos))
                .append(' ')
                .append(who)
                .append(' ')
                .append(what)
                .append('\n');
    }

    private ScriptException failure(int line, String message) {
        return new ScriptException("line " + line + ": " + message + "\n# " + script.purpose() + "\n" + transcript);
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.6f", (nanos - START_NANOS) / 1e9);
    }
}
