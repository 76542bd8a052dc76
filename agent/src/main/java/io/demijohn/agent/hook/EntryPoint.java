package io.demijohn.agent.hook;

/**
 * A method of the JDK that is entered through us, and the static method of {@code sun.nio.ch.DjHooks} asked first.
 *
 * @param owner internal name of the JDK's class
 * @param method its name
 * @param descriptor its descriptor, the same on all releases from 17 on
 * @param hook name of the method asked
 * @param hookDescriptor descriptor of the method asked; its return type is that of {@code descriptor}, or for
 *     {@code replacesArgument} that of the argument
 * @param replacesArgument whether the answer replaces the first argument instead of being returned at once
 */
record EntryPoint(
        String owner, String method, String descriptor, String hook, String hookDescriptor, boolean replacesArgument) {

    /** The class with the methods asked; one of the bridge classes. */
    static final String HOOKS = "sun/nio/ch/DjHooks";

    private static final String SOCKET_IMPL = "java/net/SocketImpl";
    private static final String PROVIDER = "java/nio/channels/spi/SelectorProvider";
    private static final String CHANNELS = "java/nio/channels/Channels";
    private static final String INPUT_OF_CHANNEL = "(Ljava/nio/channels/ReadableByteChannel;)Ljava/io/InputStream;";
    private static final String OUTPUT_OF_CHANNEL = "(Ljava/nio/channels/WritableByteChannel;)Ljava/io/OutputStream;";

    private static final String ASYNC_PROVIDER = "java/nio/channels/spi/AsynchronousChannelProvider";

    /** What this version enters (interception 1, 2, 3, 3b and 5 of the design papers). */
    static EntryPoint[] all() {
        return new EntryPoint[] {
            new EntryPoint(PROVIDER, "provider", "()L" + PROVIDER + ";", "provider", "()L" + PROVIDER + ";", false),
            new EntryPoint(
                    ASYNC_PROVIDER,
                    "provider",
                    "()L" + ASYNC_PROVIDER + ";",
                    "asyncProvider",
                    "()L" + ASYNC_PROVIDER + ";",
                    false),
            new EntryPoint(
                    SOCKET_IMPL,
                    "createPlatformSocketImpl",
                    "(Z)L" + SOCKET_IMPL + ";",
                    "socketImpl",
                    "(Z)L" + SOCKET_IMPL + ";",
                    false),
            new EntryPoint(
                    "sun/nio/ch/NioSocketImpl",
                    "accept",
                    "(L" + SOCKET_IMPL + ";)V",
                    "unwrapForNioAccept",
                    "(L" + SOCKET_IMPL + ";)L" + SOCKET_IMPL + ";",
                    true),
            new EntryPoint(CHANNELS, "newInputStream", INPUT_OF_CHANNEL, "inputStream", INPUT_OF_CHANNEL, false),
            new EntryPoint(CHANNELS, "newOutputStream", OUTPUT_OF_CHANNEL, "outputStream", OUTPUT_OF_CHANNEL, false)
        };
    }

    /** Returns the internal name of what the hook answers. */
    String answerType() {
        return hookDescriptor.substring(hookDescriptor.indexOf(')') + 2, hookDescriptor.length() - 1);
    }
}
