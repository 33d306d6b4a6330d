#if Serve
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization

/// Accepts connections on a socket that listens already, until it is told to end; then requests that have begun are answered.
struct Endpoint: Service {
    let socket: ListeningSocket
    let channels: PhrasedHTTP1Channel
    let gate: Gate
    let group: any EventLoopGroup
    let logger: Logger
    let executors: LoopExecutors
    /// Called once connections are accepted.
    let isRunning: @Sendable () -> Void

    func run() async throws {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelInitializer { [gate] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(GateHandler(gate))
                }
            }
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
        let server = try await bootstrap.bind(socket.descriptor, serverBackPressureStrategy: nil) { [channels, logger] channel in
            channels.setup(channel: channel, logger: logger)
        }
        let watch = server.channel.eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(250), delay: .milliseconds(250)) {
            [gate] _ in gate.look()
        }
        await withTaskCancellationOrGracefulShutdownHandler {
            isRunning()
            await withDiscardingTaskGroup { tasks in
                do {
                    try await server.executeThenClose { connections in
                        for try await connection in connections {
                            tasks.addTask(executorPreference: executors[connection.channel.eventLoop]) {
                                await channels.handle(value: connection, logger: logger)
                            }
                        }
                    }
                } catch {
                    logger.error("no more connections are accepted", metadata: ["error": "\(error)"])
                }
                gate.end()
            }
        } onCancelOrGracefulShutdown: { [gate] in
            server.channel.close(promise: nil)
            gate.end()
        }
        watch.cancel()
    }
}

/// Registers what is accepted, and accepts no more than there are places.
private final class GateHandler: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private let gate: Gate

    init(_ gate: Gate) { self.gate = gate }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = unwrapInboundIn(data)
        gate.opened(channel)
        channel.closeFuture.whenComplete { [gate] _ in gate.closed(channel) }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        let loop = context.eventLoop
        let bound = NIOLoopBound(context, eventLoop: loop)
        if gate.mayAccept(else: { loop.execute { bound.value.read() } }) { context.read() }
    }
}
#endif
