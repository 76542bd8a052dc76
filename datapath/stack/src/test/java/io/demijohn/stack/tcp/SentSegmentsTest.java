package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The records of what was sent against a plain model, and their bound. */
final class SentSegmentsTest {
    private static final int JOINED_MAX = 1500;

    private final SentSegments segments = new SentSegments();

    /** What the model knows of one segment. */
    private static final class Model {
        long start;
        long end;
        long sentNanos;
        boolean sacked;
        boolean lost;
    }

    @Test
    void anyOperations_sumsAndOrdersAsTheModel() {
        for (int seed = 1; seed <= 10; seed++) {
            Random random = new Random(seed);
            Flight flight = new Flight(0);
            List<Model> models = new ArrayList<>();
            long next = 1;
            long nowNanos = 0;
            for (int step = 0; step < 1000; step++) {
                nowNanos += random.nextInt(3);
                int choice = random.nextInt(9);
                if (choice < 3 || models.isEmpty()) {
                    int bytes = 2 + random.nextInt(1000);
                    assertTrue(segments.append(flight, next, next + bytes, nowNanos));
                    Model model = new Model();
                    model.start = next;
                    model.end = next + bytes;
                    model.sentNanos = nowNanos;
                    models.add(model);
                    next += bytes;
                } else {
                    change(choice, flight, models, random.nextInt(models.size()), nowNanos, step);
                }
                check(flight, models);
            }
            segments.clear(flight);
            assertEquals(0, segments.inUse());
            assertEquals(0, flight.pipeBytes());
        }
    }

    @Test
    void firstLost_acknowledgedThenAnotherLost_theEarlierIsFound() {
        Flight flight = new Flight(0);
        for (int start = 0; start < 4; start++) {
            segments.append(flight, start, start + 1, start);
        }
        int second = segments.next(flight.first);
        int last = flight.last;
        segments.markLost(flight, flight.first);
        segments.markLost(flight, second);
        segments.removeFirst(flight);
        segments.markLost(flight, last);
        assertEquals(second, segments.firstLost(flight));
        segments.repeat(flight, last, 9);
        assertEquals(second, segments.firstLost(flight));
    }

    @Test
    @Tag("proves:rfc6675-bound")
    void recordsAtTheirBound_refused_andFreeAgainAfterwards() {
        Flight flight = new Flight(0);
        for (long start = 0; start < SentSegments.RECORDS_MAX; start++) {
            assertTrue(segments.append(flight, start, start + 1, 0));
        }
        assertFalse(segments.hasRoom());
        assertFalse(segments.append(flight, SentSegments.RECORDS_MAX, SentSegments.RECORDS_MAX + 1, 0));
        assertFalse(segments.split(flight, flight.first, 0));
        segments.removeFirst(flight);
        assertTrue(segments.hasRoom());
        segments.clear(flight);
        assertEquals(0, segments.inUse());
    }

    private void change(int choice, Flight flight, List<Model> models, int index, long nowNanos, long order) {
        Model model = models.get(index);
        int record = record(flight, index);
        boolean open = !model.sacked && !model.lost;
        switch (choice) {
            case 3 -> {
                segments.removeFirst(flight);
                models.remove(0);
            }
            case 4 -> {
                if (!model.sacked) {
                    segments.markSacked(flight, record);
                    model.sacked = true;
                    model.lost = false;
                }
            }
            case 5 -> {
                if (open) {
                    segments.markLost(flight, record);
                    model.lost = true;
                }
            }
            case 6 -> {
                if (!model.sacked) {
                    segments.repeat(flight, record, nowNanos);
                    model.lost = false;
                    model.sentNanos = nowNanos;
                }
            }
            case 8 -> {
                if (model.lost) {
                    join(flight, models, index, record);
                }
            }
            default -> {
                if (model.end - model.start > 1) {
                    splitOrUndo(flight, models, index, record, order);
                }
            }
        }
    }

    private void splitOrUndo(Flight flight, List<Model> models, int index, int record, long order) {
        Model model = models.get(index);
        if (order % 5 == 0) {
            segments.unmarkLost(flight);
            models.forEach(each -> each.lost = false);
            return;
        }
        long middle = (model.start + model.end) / 2;
        assertTrue(segments.split(flight, record, middle));
        Model second = new Model();
        second.start = middle;
        second.end = model.end;
        second.sentNanos = model.sentNanos;
        second.sacked = model.sacked;
        second.lost = model.lost;
        model.end = middle;
        models.add(index + 1, second);
    }

    private void join(Flight flight, List<Model> models, int index, int record) {
        Model model = models.get(index);
        segments.joinLost(flight, record, JOINED_MAX);
        while (index + 1 < models.size()
                && models.get(index + 1).lost
                && models.get(index + 1).end - model.start <= JOINED_MAX) {
            model.end = models.remove(index + 1).end;
        }
    }

    private int record(Flight flight, int index) {
        int record = flight.first;
        for (int step = 0; step < index; step++) {
            record = segments.next(record);
        }
        return record;
    }

    private void check(Flight flight, List<Model> models) {
        int record = flight.first;
        int sacked = 0;
        int lost = 0;
        int all = 0;
        int firstLost = SentSegments.NONE;
        for (Model model : models) {
            assertEquals(model.start, segments.start(record));
            assertEquals(model.end, segments.end(record));
            assertEquals(model.sacked, segments.has(record, SentSegments.SACKED));
            assertEquals(model.lost, segments.has(record, SentSegments.LOST));
            int bytes = (int) (model.end - model.start);
            all += bytes;
            sacked += model.sacked ? bytes : 0;
            lost += model.lost ? bytes : 0;
            firstLost = model.lost && firstLost == SentSegments.NONE ? record : firstLost;
            record = segments.next(record);
        }
        assertEquals(SentSegments.NONE, record);
        assertEquals(models.size(), flight.count);
        assertEquals(all, flight.outstandingBytes);
        assertEquals(sacked, flight.sackedBytes);
        assertEquals(lost, flight.lostBytes);
        assertEquals(firstLost, segments.firstLost(flight));
        checkTimeOrder(flight, models);
    }

    private void checkTimeOrder(Flight flight, List<Model> models) {
        List<Long> expected = models.stream()
                .filter(model -> !model.sacked && !model.lost)
                .map(model -> model.sentNanos)
                .sorted(Comparator.naturalOrder())
                .toList();
        List<Long> actual = new ArrayList<>();
        for (int at = flight.oldest; at != SentSegments.NONE; at = segments.later(at)) {
            actual.add(segments.sentNanos(at));
        }
        assertEquals(expected, actual);
    }
}
