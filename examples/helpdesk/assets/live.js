// Something happened to a ticket: what this page shows of tickets is fetched anew, and what somebody types stays.
const socket = new WebSocket(location.origin.replace("http", "ws") + "/live");
socket.onmessage = async () => {
  const answer = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#live");
  if (answer.ok && fresh) document.querySelector("#live")?.replaceWith(fresh);
};
