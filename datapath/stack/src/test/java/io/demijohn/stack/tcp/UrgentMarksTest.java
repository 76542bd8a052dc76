package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class UrgentMarksTest {
    private static final int COUNT_MAX = 65_535;

    private final UrgentMarks marks = new UrgentMarks();

    @Test
    void oneByte_marked_isUrgentAlone() {
        marks.add(7);
        assertEquals(0, marks.urgentAt(6));
        assertEquals(1, marks.urgentAt(7));
        assertEquals(0, marks.urgentAt(8));
        assertEquals(4, marks.distanceFrom(3));
        assertEquals(0, marks.distanceFrom(7));
        assertEquals(Long.MAX_VALUE, marks.distanceFrom(8));
    }

    @Test
    void firstByteOfTheStream_marked_isUrgent() {
        marks.add(0);
        assertEquals(1, marks.urgentAt(0));
    }

    @Test
    void bytesBehindEachOther_oneMark_whateverTheirNumber() {
        for (int position = 100; position < 100 + COUNT_MAX; position++) {
            marks.add(position);
        }
        assertEquals(COUNT_MAX, marks.urgentAt(100));
        assertEquals(1, marks.urgentAt(100 + COUNT_MAX - 1));
        marks.add(100 + COUNT_MAX);
        assertEquals(1, marks.urgentAt(100 + COUNT_MAX));
        assertEquals(COUNT_MAX, marks.urgentAt(100), "a second mark leaves the first");
    }

    @Test
    void pointerHeardBefore_nothingChanges() {
        marks.add(10);
        marks.add(10);
        marks.add(4);
        assertEquals(0, marks.urgentAt(4));
        assertEquals(1, marks.urgentAt(10));
        assertEquals(0, marks.urgentAt(11));
    }

    @Test
    void fifthMark_forgetsTheOldest() {
        for (int position = 10; position <= 50; position += 10) {
            marks.add(position);
        }
        assertEquals(0, marks.urgentAt(10));
        assertEquals(1, marks.urgentAt(20));
        assertEquals(1, marks.urgentAt(50));
        assertEquals(15, marks.distanceFrom(5));
    }
}
