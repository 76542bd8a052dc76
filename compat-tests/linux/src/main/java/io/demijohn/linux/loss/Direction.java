package io.demijohn.linux.loss;

/** Who sends and who receives in a transfer. */
enum Direction {
    OURS_TO_LINUX(true, false, "ours -> Linux"),
    LINUX_TO_OURS(false, true, "Linux -> ours"),
    LINUX_TO_LINUX(false, false, "Linux -> Linux"),
    OURS_TO_OURS(true, true, "ours -> ours");

    private final boolean oursSends;
    private final boolean oursReceives;
    private final String label;

    Direction(boolean oursSends, boolean oursReceives, String label) {
        this.oursSends = oursSends;
        this.oursReceives = oursReceives;
        this.label = label;
    }

    End openSender(String address, long seed) {
        return open(oursSends, address, seed);
    }

    End openReceiver(String address, long seed) {
        return open(oursReceives, address, seed);
    }

    /** Returns the words for people. */
    String label() {
        return label;
    }

    private static End open(boolean ours, String address, long seed) {
        return ours ? new OurEnd(address, seed) : new LinuxEnd(address);
    }
}
