// Lets each tab of a browser learn that its session ended, whichever tab or server ended it. One tab listens for all: it
// holds a lock, and what it hears it tells the others.
(() => {
  "use strict";

  // A module is not told where it comes from.
  const own = document.currentScript?.src;
  if (!own) return console.error("azure-auth: load watch.js with <script src>, not as a module");
  const session = new URL(".", own).href.slice(0, -1);
  const withCredentials = new URL(own).origin !== location.origin;
  const name = `azure-auth ${session}`;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
  // Longer than a sign-out takes, which ends at the provider. A page that is still there then did not leave after all.
  const LEAVING = 30_000;

  let isSignedIn = false;
  let isDeaf = false;
  let isLeaving = false;
  let stop = () => {};
  let timer;

  // An application that listens and prevents the default goes on by itself.
  const ended = () => {
    if (isLeaving || !isSignedIn) return;
    isSignedIn = false;
    if (!document.dispatchEvent(new CustomEvent("azure-auth-ended", { cancelable: true }))) return;
    // Where the person is at the moment, at once. Elsewhere they may be signing out at the provider, and a page that asks
    // the provider meanwhile would have them signed in again: it shows nothing until they look at it.
    const reload = () => document.hidden || location.reload();
    document.documentElement.style.setProperty("visibility", "hidden", "important");
    if (document.hasFocus()) return reload();
    addEventListener("focus", reload);
    document.addEventListener("visibilitychange", reload);
    setTimeout(reload, LEAVING / 3);
  };

  // A session whose state is unknown has not ended. Where nobody is signed in there is nothing to hear.
  const ask = async () => {
    const answer = await fetch(session, { method: "HEAD", credentials: "include" }).catch(() => null);
    isDeaf = answer?.status !== 401;
    if (answer?.ok) isSignedIn = true;
    if (answer?.status === 401) ended();
    return answer?.ok;
  };

  const listen = () => new Promise(done => {
    const stream = new EventSource(`${session}/events`, { withCredentials });
    stop = () => {
      stream.close();
      done();
    };
    stream.addEventListener("live", () => {
      isSignedIn = true;
      channel?.postMessage("live");
    });
    stream.addEventListener("ended", () => {
      channel?.postMessage("ended");
      stop();
      ended();
    });
    // An EventSource comes back by itself, but not after an answer that is not a stream: no session, or too many streams.
    stream.addEventListener("error", () => {
      if (stream.readyState !== EventSource.CLOSED) return;
      stop();
      ask();
    });
    if (channel) channel.onmessage = ({ data }) => data === "hello" && isSignedIn && channel.postMessage("live");
  });

  const start = () => {
    isDeaf = false;
    if (!navigator.locks || !channel) return listen();
    const waiting = new AbortController();
    stop = () => waiting.abort();
    channel.onmessage = ({ data }) => {
      if (data === "live") isSignedIn = true;
      if (data !== "ended") return;
      stop();
      ended();
    };
    channel.postMessage("hello");
    navigator.locks.request(name, { signal: waiting.signal }, listen).catch(error => error.name === "AbortError" || listen());
  };

  // The end that a sign-out brings about must not call back the page that is on its way out.
  const leave = () => {
    isLeaving = true;
    stop();
    clearTimeout(timer);
    timer = setTimeout(() => {
      isLeaving = false;
      start();
    }, LEAVING);
  };
  const lookAgain = async () => isDeaf && !isLeaving && !document.hidden && (await ask()) && start();

  addEventListener("submit", event => event.defaultPrevented || leave());
  addEventListener("beforeunload", leave);
  addEventListener("pagehide", leave);
  // A page from the browser's memory may be one of somebody who is signed out.
  addEventListener("pageshow", event => event.persisted && location.reload());
  addEventListener("focus", lookAgain);
  document.addEventListener("visibilitychange", lookAgain);
  start();
})();
