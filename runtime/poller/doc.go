// Package poller runs what many connections do on few threads.
//
// It owns the wait for sockets: an epoll instance a loop (epoll(7), edge-triggered), and fibers, which are functions
// that read and write in the usual way and are put aside whenever a socket has nothing to give or no room. A loop
// carries on the fibers of all its connections one after the other, without the scheduler in between: a request that
// comes and an answer that goes cost one system call each, and a connection that is idle holds no buffer.
//
// It refuses to know what is read and written. It needs Linux.
//
// A fiber that is about to wait for anything but its sockets, or to compute for long, says so with Aside: it then goes
// on in a goroutine of its own until it waits for a socket again. What it leaves out there keeps every other fiber of
// the loop waiting.
package poller
