/**
 * The seats of all sessions, as they change, for as long as the page is there. A browser comes back by itself after a stream that ended,
 * and says in Last-Event-ID what it saw last; not after an answer that is no stream, as of a host that is being replaced. Then this
 * does, with a new stream that is told the same.
 */
export function watchSeats({ onSeats, onState }) {
  let last = "";
  let lost = null;

  // A stream that ends of itself is back in half a second, which is nothing to worry anybody with.
  const broken = () => (lost ??= setTimeout(() => onState("lost"), 2500));
  const works = (state = "live") => {
    clearTimeout(lost);
    lost = null;
    onState(state);
  };

  function open() {
    const source = new EventSource(`/admin/seats?${new URLSearchParams({ last })}`);
    source.addEventListener("seats", (event) => {
      last = event.lastEventId;
      works();
      onSeats(JSON.parse(event.data));
    });
    source.addEventListener("same", () => works());
    source.addEventListener("away", () => works("away"));
    source.addEventListener("error", () => {
      broken();
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 1000 + Math.random() * 1000);
    });
  }
  open();
}
