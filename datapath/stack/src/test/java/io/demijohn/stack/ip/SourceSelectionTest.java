package io.demijohn.stack.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.stack.Frames6;
import io.demijohn.stack.IpAddress;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The examples of RFC 6724, 10.1, and the rules between them. */
@Tag("proves:rfc6724")
final class SourceSelectionTest {
    @Test
    void sameAddress_winsOverAll() { // rule 1
        assertEquals("2001:db8:1::1", choose("2001:db8:1::1", "fe80::1", "2001:db8:1::2", "2001:db8:1::1"));
    }

    @Test
    void appropriateScope_wins() { // rule 2
        assertEquals("2001:db8:3::1", choose("2001:db8:1::1", "2001:db8:3::1", "fe80::1"));
        assertEquals("2001:db8:3::1", choose("ff05::1", "2001:db8:3::1", "fe80::1"));
        assertEquals("fe80::1", choose("fe80::2", "2001:db8:3::1", "fe80::1"));
        assertEquals("fe80::1", choose("ff02::1", "2001:db8:3::1", "fe80::1"));
    }

    @Test
    void preferredAddress_winsOverDeprecated() { // rule 3
        assertEquals("2001:db8:9::1", choose("2001:db8:1::1", "2001:db8:1::5 deprecated", "2001:db8:9::1"));
    }

    @Test
    void deprecatedAddress_isUsedIfThereIsNoOther() {
        assertEquals("2001:db8:1::5", choose("2001:db8:1::1", "2001:db8:1::5 deprecated"));
    }

    @Test
    void sameLabel_wins() { // rule 6
        assertEquals("2002:c633:6401::2", choose("2002:c633:6401::1", "2001:db8:1::2", "2002:c633:6401::2"));
        assertEquals("fd00::2", choose("fd99::1", "2001:db8:1::2", "fd00::2"));
        assertEquals("2001:db8:1::2", choose("2001:470::1", "fd00::2", "2001:db8:1::2"));
    }

    @Test
    void longestCommonPrefix_wins() { // rule 8
        assertEquals("2001:db8:1::2", choose("2001:db8:1::1", "2001:db8:3::2", "2001:db8:1::2"));
        assertEquals("2001:db8:3::2", choose("2001:db8:3::9", "2001:db8:3::2", "2001:db8:1::2"));
    }

    @Test
    void unusableAddresses_areNeverChosen() {
        assertEquals("none", choose("2001:db8:1::1", "2001:db8:1::2 tentative", "2001:db8:1::3 duplicate"));
        assertEquals("fe80::1", choose("2001:db8:1::1", "2001:db8:1::2 tentative", "fe80::1"));
    }

    /** Chooses among candidates with a prefix of 64 bits each, in both orders, which must agree. */
    private static String choose(String target, String... candidates) {
        String[] reversed = new String[candidates.length];
        for (int index = 0; index < candidates.length; index++) {
            reversed[index] = candidates[candidates.length - 1 - index];
        }
        String one = chooseInOrder(target, candidates);
        assertEquals(one, chooseInOrder(target, reversed), "independent of the order");
        return one;
    }

    private static String chooseInOrder(String target, String... candidates) {
        var link = io.demijohn.stack.link.OwnAddresses.of(candidates);
        IpAddress to = Frames6.ip(target);
        var chosen = SourceSelection.choose(link, to.high(), to.low());
        if (chosen == null) {
            return "none";
        }
        for (String candidate : candidates) {
            String literal = candidate.split(" ", -1)[0];
            if (Frames6.ip(literal).equals(chosen.address())) {
                return literal;
            }
        }
        return "stranger";
    }
}
