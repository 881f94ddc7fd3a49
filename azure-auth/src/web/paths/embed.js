// Signs people in while this application is shown in a frame of another site, which their provider refuses to do: in a
// window of its own. What comes back is a code that is worthless without the secret, which never leaves this script.
(paths => {
  "use strict";

  // The window in which somebody signed in: it hands the code over, to this origin only, and is done.
  const handover = document.querySelector("[data-azure-auth-code]");
  if (handover) {
    if (window.opener) {
      window.opener.postMessage({ azureAuthCode: handover.dataset.azureAuthCode }, location.origin);
      window.close();
    }
    return;
  }

  const WINDOW = "popup,width=520,height=680";
  const refusal = (reason, words) => Object.assign(new Error(words), { reason });
  const base64url = bytes =>
    btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const handedOver = popup => new Promise((resolve, reject) => {
    const settle = (act, value) => {
      clearInterval(watch);
      removeEventListener("message", hear);
      act(value);
    };
    const hear = event => {
      const isOurs = event.origin === location.origin && event.source === popup;
      if (isOurs && typeof event.data?.azureAuthCode === "string") settle(resolve, event.data.azureAuthCode);
    };
    // The window hands over and goes; that it went may be known first, so it is asked twice.
    let wasClosed = false;
    const watch = setInterval(() => {
      if (wasClosed) settle(reject, refusal("closed", "the window for sign-in was closed"));
      wasClosed = popup.closed;
    }, 500);
    addEventListener("message", hear);
  });

  const post = (path, fields) =>
    fetch(path, { method: "POST", credentials: "same-origin", body: new URLSearchParams(fields) });

  // An application that listens and prevents the default goes on by itself.
  const told = name => {
    if (document.dispatchEvent(new CustomEvent(name, { cancelable: true }))) location.reload();
  };

  // What cannot be known is no "no".
  const isKept = async () => {
    const question = fetch(paths.session, { method: "HEAD", credentials: "same-origin" });
    return (await question.catch(() => null))?.status !== 401;
  };

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  // The person signed in, and the browser keeps no cookie for it here. An application that prevents the default says so
  // itself.
  const cookieRefused = async () => {
    if (!document.dispatchEvent(new CustomEvent("azure-auth-cookie-refused", { cancelable: true }))) return;
    explain(document.requestStorageAccess && !(await document.hasStorageAccess()));
  };

  const explain = mayAsk => {
    const address = { href: location.href, target: "_blank", rel: "noopener" };
    const message = element(
      "div",
      { role: "alert" },
      element("p", {}, "You signed in, but your browser keeps no cookies for this page inside of another site. "),
      element("p", {}, element("a", address, "Open it in a tab of its own"), " and sign in there."),
    );
    if (mayAsk) {
      const allow = element("button", { type: "button" }, "Allow the cookie and sign in");
      allow.dataset.azureAuth = "allow-cookie";
      message.append(element("p", {}, allow));
    }
    document.querySelector("[data-azure-auth-message]")?.remove();
    message.dataset.azureAuthMessage = "";
    (document.querySelector("main") ?? document.body).append(message);
  };

  const allowCookie = async () => {
    try {
      await document.requestStorageAccess();
    } catch {
      return explain(false);
    }
    await signIn();
  };

  const signIn = async () => {
    // At once: browsers let a window open as long as a click is fresh.
    const popup = window.open("", "_blank", WINDOW);
    if (!popup) throw refusal("blocked", "the browser did not open a window for sign-in");
    const secret = base64url(crypto.getRandomValues(new Uint8Array(32)));
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
    const code = handedOver(popup);
    popup.location.replace(`${paths.login}?challenge=${base64url(new Uint8Array(hash))}`);
    const answer = await post(paths.redemption, { code: await code, secret });
    if (!answer.ok) throw refusal("refused", `the sign-in was not accepted: status ${answer.status}`);
    if (!(await isKept())) {
      await cookieRefused();
      throw refusal("cookie", "the browser keeps no cookie for this page in a frame");
    }
    told("azure-auth-signed-in");
  };

  // `atProvider`: in the whole browser, which takes a window as well.
  const signOut = async ({ atProvider = false } = {}) => {
    const popup = atProvider && window.open(paths.popupLogout, "_blank", WINDOW);
    // The page goes on by itself: watch.js beside this one need not load it again meanwhile.
    const goOn = event => event.preventDefault();
    document.addEventListener("azure-auth-ended", goOn);
    const answer = await post(paths.logout, {});
    if (!answer.ok) {
      document.removeEventListener("azure-auth-ended", goOn);
      throw refusal("refused", `the sign-out was not accepted: status ${answer.status}`);
    }
    if (popup === null) throw refusal("blocked", "the browser did not open a window for sign-out");
    told("azure-auth-signed-out");
  };

  window.azureAuth = Object.freeze({ signIn, signOut });

  // `<button data-azure-auth="sign-in">`: for pages without a script of their own.
  const acts = {
    "sign-in": () => signIn(),
    "allow-cookie": () => allowCookie(),
    "sign-out": () => signOut(),
    "sign-out-at-provider": () => signOut({ atProvider: true }),
  };
  document.addEventListener("click", event => {
    const act = acts[event.target.closest?.("[data-azure-auth]")?.dataset.azureAuth];
    act?.().catch(error => console.info(`azure-auth: ${error.message}`));
  });
})
