package io.demijohn.sim.script;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Capabilities;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.sim.Pattern;
import io.demijohn.stack.IpAddress;
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
    private static final int BUFFERS = 1024;
    private static final int SLOT_BYTES = 2048;
    private static final int SEND_MEMORY_BYTES = 1 << 20;
    private static final int PREFIX_LENGTH = 24;
    private static final int BATCH_MAX = 64;
    private static final int STEPS_MAX = 100_000;
    private static final long SEED = 1;
    private static final long START_NANOS = 1_000_000_000L;
    private static final long AFTERMATH_NANOS = 600_000_000_000L;

    private final Script script;
    private final Region packets = Region.allocate((long) BUFFERS * SLOT_BYTES);
    private final Region sending = Region.allocate(SEND_MEMORY_BYTES);
    private final BufferPool pool = new BufferPool(packets, SLOT_BYTES);
    private final SendMemory sendMemory = new SendMemory(sending);
    private final Stack stack;
    private final ScriptedPeer peer;
    private final ScriptedApplication application;
    private final PacketBuffer[] batch = new PacketBuffer[BATCH_MAX];
    private final ArrayDeque<Sent> sent = new ArrayDeque<>();
    private final StringBuilder transcript = new StringBuilder();
    private long nowNanos = START_NANOS;

    /** A segment that the stack sent, and when. */
    private record Sent(long atNanos, Segment segment) {}

    /** Makes a stack as the script's settings say. */
    public ScriptRunner(Script script) {
        this.script = script;
        ScriptSettings settings = new ScriptSettings(script.settings());
        Pattern fromPeer = new Pattern(SEED);
        Pattern fromStack = new Pattern(SEED + 1);
        this.stack = new Stack(
                new StackConfig(
                        ScriptedPeer.STACK_STATION,
                        List.of(new LocalNetwork(IpAddress.ofIpv4(ScriptedPeer.STACK_ADDRESS), PREFIX_LENGTH, false)),
                        null,
                        settings.mtuBytes(),
                        false,
                        new Capabilities(false, false, true, false, BATCH_MAX),
                        settings.tcp(),
                        SEED),
                pool,
                sendMemory,
                nowNanos);
        this.peer = new ScriptedPeer(fromPeer, fromStack);
        this.application = new ScriptedApplication(stack.tcp(), peer, fromStack, fromPeer);
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
            throw failure(last, "the stack also sent " + extra.segment());
        }
        application.end(nowNanos);
        advanceTo(nowNanos + AFTERMATH_NANOS, false);
        application.release();
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
        advanceTo(from, false);
        Sent extra = sent.peek();
        if (extra != null) {
            throw new ScriptException("before this line the stack sent " + extra.segment());
        }
        switch (line.actor()) {
            case APP -> {
                note("app", String.join(" ", line.words()));
                application.act(line.words(), nowNanos);
            }
            case IN -> {
                note("in ", line.packet().toString());
                inject(peer.encode(line.packet()));
            }
            default -> note("none", "");
        }
        drain();
    }

    private void expect(ScriptLine line, long from, long until) {
        if (sent.isEmpty()) {
            advanceTo(until, true);
        }
        Sent next = sent.poll();
        if (next == null) {
            throw new ScriptException("the stack sent nothing; expected " + line.packet());
        }
        if (!line.packet().agrees(next.segment())) {
            throw new ScriptException("the stack sent " + next.segment() + "; expected " + line.packet());
        }
        if (next.atNanos() < from || next.atNanos() > until) {
            throw new ScriptException(
                    "sent at " + seconds(next.atNanos()) + ", not at " + seconds(from) + ": " + next.segment());
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
                Segment segment = peer.decode(frame);
                if (segment != null) {
                    note("out", segment.toString());
                    sent.add(new Sent(nowNanos, segment));
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
