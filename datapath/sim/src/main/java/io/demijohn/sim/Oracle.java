package io.demijohn.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * Says what is wrong with a world at rest: streams that differ or did not end, memory that did not come home, connections
 * that are still there.
 *
 * <p>Owned by a {@link SimWorld}; its thread only.
 */
final class Oracle {
    private final SimHost[] hosts;

    Oracle(SimHost[] hosts) {
        this.hosts = hosts;
    }

    /** Returns everything that is wrong, one line each; with {@code allDelivered} every stream must have arrived whole. */
    List<String> complaints(List<StreamPair> pairs, boolean allDelivered) {
        List<String> found = new ArrayList<>();
        for (StreamPair pair : pairs) {
            boolean whole = allDelivered
                    && !pair.client().foundNobody()
                    && !pair.server().foundNobody();
            check(pair.client(), pair.server(), hosts[0].silent(), hosts[1].silent(), whole, found);
            check(pair.server(), pair.client(), hosts[1].silent(), hosts[0].silent(), whole, found);
        }
        for (SimHost host : hosts) {
            for (SimProgram program : host.programs()) {
                if (program instanceof Acceptor && !program.complaint().isEmpty()) {
                    found.add("host " + host.address() + ": " + program.complaint());
                }
            }
        }
        found.addAll(memory());
        return found;
    }

    /** Returns what did not come home, one line each. */
    List<String> memory() {
        List<String> found = new ArrayList<>();
        for (SimHost host : hosts) {
            if (!host.silent()) {
                checkMemory(host, found);
            }
        }
        return found;
    }

    private static void check(
            StreamProgram reader,
            StreamProgram writer,
            boolean silent,
            boolean peerSilent,
            boolean whole,
            List<String> found) {
        if (!reader.complaint().isEmpty()) {
            found.add(reader + ": " + reader.complaint());
        }
        boolean neverBegan = !reader.began() && (writer.ended() || peerSilent); // its peer's connect failed
        if (!reader.ended() && !neverBegan && !silent) {
            found.add(reader + ": has not ended");
        }
        if (reader.readBytes() > writer.writtenBytes()) {
            found.add(reader + ": read more than " + writer + " wrote");
        }
        boolean isWhole = writer.outputShut() && reader.readBytes() == writer.plannedBytes();
        if (reader.sawEnd() && !isWhole) {
            found.add(reader + ": an orderly end before everything from " + writer);
        }
        if (whole && (!isWhole || !reader.sawEnd())) {
            found.add(reader + ": not everything arrived from " + writer);
        }
    }

    private static void checkMemory(SimHost host, List<String> found) {
        int missing = host.pool().count() - host.pool().freeCount();
        if (missing != 0) {
            found.add("host " + host.address() + ": " + missing + " packet buffers lost");
        }
        int chunks = host.sendMemory().count() - host.sendMemory().freeCount();
        if (chunks != 0) {
            found.add("host " + host.address() + ": " + chunks + " send chunks lost");
        }
        int connections = host.stack().tcp().connectionCount();
        if (connections != 0) {
            found.add("host " + host.address() + ": " + connections + " connections left");
        }
    }
}
