package io.demijohn.stack.group;

/**
 * What tells the routers of one family: IGMP or MLD.
 *
 * <p>Owned by {@link Groups}; driver thread only. Without a packet buffer it tells nothing: reports are repeated anyway.
 */
interface ReportWriter {
    int MODE_IS_INCLUDE = 1;
    int MODE_IS_EXCLUDE = 2;
    int CHANGE_TO_INCLUDE = 3;
    int CHANGE_TO_EXCLUDE = 4;
    int ALLOW_NEW_SOURCES = 5;
    int BLOCK_OLD_SOURCES = 6;

    /** Adds a group record to the report, which leaves when it is full or {@link #flush} is called. */
    void add(int type, long groupHigh, long groupLow, SourceList sources);

    /** Sends the report if there is one. */
    void flush();

    /** Sends a report of version 1 or 2. */
    void reportOld(int version, long groupHigh, long groupLow);

    /** Sends that nobody wants the group any more, in version 2. */
    void leaveOld(long groupHigh, long groupLow);
}
