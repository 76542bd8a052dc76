package io.demijohn.stack.link;

import io.demijohn.stack.Frames6;
import io.demijohn.stack.IpAddress;
import java.util.Locale;

/** Own addresses in any state, for tests outside of this package. */
public final class OwnAddresses {
    private OwnAddresses() {}

    /** Returns addresses with a prefix of 64 bits from texts such as {@code fd77::1 deprecated}. */
    public static OwnAddress[] of(String... texts) {
        OwnAddress[] addresses = new OwnAddress[texts.length];
        for (int index = 0; index < texts.length; index++) {
            String[] words = texts[index].split(" ", -1);
            OwnAddress.State state = words.length == 1
                    ? OwnAddress.State.PREFERRED
                    : OwnAddress.State.valueOf(words[1].toUpperCase(Locale.ROOT));
            IpAddress address = Frames6.ip(words[0]);
            addresses[index] = new OwnAddress(address.high(), address.low(), 64, true, state);
        }
        return addresses;
    }
}
