package io.demijohn.stack.group;

import io.demijohn.stack.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What one socket wants of one group: all sources but some, or some sources alone (RFC 3376, 2; RFC 3678).
 *
 * <pre>
 *   EXCLUDE {}      everything sent to the group          block(s), unblock(s) change the list
 *   INCLUDE {s..}   what these sources send               allow(s), disallow(s) change the list; with none it is over
 * </pre>
 *
 * <p>Made by a socket and attached to {@link Groups}; driver thread only.
 */
public final class GroupFilter {
    /** Sources that one filter names at most. */
    public static final int SOURCES_MAX = 64;

    final SourceList sources = new SourceList();

    @Nullable
    GroupFilter following; // of the same group; Groups keeps it

    private final long groupHigh;
    private final long groupLow;
    private final boolean exclude;

    private GroupFilter(long groupHigh, long groupLow, boolean exclude) {
        this.groupHigh = groupHigh;
        this.groupLow = groupLow;
        this.exclude = exclude;
    }

    /** Returns a filter that takes what anybody sends to the group. */
    public static GroupFilter anySource(long groupHigh, long groupLow) {
        return new GroupFilter(groupHigh, groupLow, true);
    }

    /** Returns a filter that takes what one source sends to the group. */
    public static GroupFilter oneSource(long groupHigh, long groupLow, long sourceHigh, long sourceLow) {
        GroupFilter filter = new GroupFilter(groupHigh, groupLow, false);
        filter.sources.add(sourceHigh, sourceLow, SOURCES_MAX);
        return filter;
    }

    /** Returns whether it is about a group of IPv4. */
    public boolean isIpv4() {
        return IpAddress.isIpv4(groupHigh, groupLow);
    }

    public boolean isFor(long high, long low) {
        return groupLow == low && groupHigh == high;
    }

    /** Returns whether the list names the sources that are not wanted. */
    public boolean excludes() {
        return exclude;
    }

    /** Returns whether what that source sends to the group is wanted. */
    public boolean accepts(long sourceHigh, long sourceLow) {
        return sources.contains(sourceHigh, sourceLow) != exclude;
    }

    /** Returns whether the list names that source. */
    public boolean names(long sourceHigh, long sourceLow) {
        return sources.contains(sourceHigh, sourceLow);
    }

    /** Returns how many sources the list names. */
    public int sourceCount() {
        return sources.count();
    }

    /** Puts a source on the list; false if it is full. {@link Groups#changed} has to hear of it. */
    public boolean add(long sourceHigh, long sourceLow) {
        return sources.add(sourceHigh, sourceLow, SOURCES_MAX);
    }

    /** Takes a source off the list; false if it was not there. {@link Groups#changed} has to hear of it. */
    public boolean remove(long sourceHigh, long sourceLow) {
        return sources.remove(sourceHigh, sourceLow);
    }

    long groupHigh() {
        return groupHigh;
    }

    long groupLow() {
        return groupLow;
    }
}
