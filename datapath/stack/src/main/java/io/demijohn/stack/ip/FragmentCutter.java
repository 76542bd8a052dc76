package io.demijohn.stack.ip;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.Checksum;
import org.jspecify.annotations.Nullable;

/** Cuts a datagram into the pieces that fragments carry; constants only, driver thread only. */
final class FragmentCutter {
    private FragmentCutter() {}

    /**
     * Gives the datagram in pieces of at most {@code pieceBytes}, all but the last a multiple of 8: itself if it is cut so
     * already, else a copy; takes it. Null if buffers are short.
     */
    static @Nullable PacketBuffer cut(PacketBuffer chain, int pieceBytes, IpOutput output) {
        return isCut(chain, pieceBytes) ? chain : copy(chain, pieceBytes, output);
    }

    private static boolean isCut(PacketBuffer chain, int pieceBytes) {
        PacketBuffer piece = chain;
        while (piece.more != null) {
            if (piece.length() > pieceBytes || piece.length() % IpOutput.FRAGMENT_UNIT != 0) {
                return false;
            }
            piece = piece.more;
        }
        return piece.length() <= pieceBytes;
    }

    private static @Nullable PacketBuffer copy(PacketBuffer chain, int pieceBytes, IpOutput output) {
        if (chain.wantsChecksum()) { // of the whole, which no device sees
            Checksum.fill(chain);
        }
        int bytes = PacketChain.bytes(chain);
        PacketBuffer head = null;
        PacketBuffer last = null;
        for (int offset = 0; offset < bytes; offset += pieceBytes) {
            PacketBuffer piece = output.allocate();
            if (piece == null) {
                PacketChain.release(head);
                head = null;
                break;
            }
            int length = Math.min(pieceBytes, bytes - offset);
            PacketChain.copyTo(chain, offset, length, piece.append(length));
            head = head == null ? piece : head;
            if (last != null) {
                last.more = piece;
            }
            last = piece;
        }
        PacketChain.release(chain);
        return head;
    }
}
