// Everything that is said, in one place. English is built in, which all else falls back to; other languages are files of
// the same keys in `words/`, and a page may bring its own. `{0}` and `{1}` are filled in with names and amounts; where a
// number decides how the rest is said, there is an object of `Intl.PluralRules` categories instead of a text.

const ENGLISH = {
  // The button that opens the share panel; the loader has its own copy of the English.
  launcher: "Invite friends",
  launcherSorry: "Not available right now. Try again?",
  // The share panel.
  title: "Invite your friends",
  titleGive: "Give {0}, get {1}",
  titleGiveSame: "Give {0}, get the same",
  lead: "Share your link. We will tell you when a friend buys.",
  leadFixed: "Your friends get {0} off their first order. You get {1} in credit when they buy.",
  leadPercent: "Your friends get {0} off their first order. You get {1} of what they spend, as credit.",
  leadSame: "Your friends get {0} off their first order. You get the same as credit when they buy.",
  // Where it is no credit: money or a thing, a share, the same again, points.
  leadGet: "Your friends get {0} off their first order. You get {1} when they buy.",
  leadShare: "Your friends get {0} off their first order. You get {1} of what they spend.",
  leadSameGet: "Your friends get {0} off their first order. You get the same when they buy.",
  titlePoints: { one: "Give {0}, get {1} point", other: "Give {0}, get {1} points" },
  leadPoints: {
    one: "Your friends get {0} off their first order. You get {1} point when they buy.",
    other: "Your friends get {0} off their first order. You get {1} points when they buy.",
  },
  // What friends get, where it is not simply so much off.
  leadFixedFree: "Your friends get {0} with their first order. You get {1} in credit when they buy.",
  leadPercentFree: "Your friends get {0} with their first order. You get {1} of what they spend, as credit.",
  leadSameFree: "Your friends get {0} with their first order. You get as much as credit when they buy.",
  leadGetFree: "Your friends get {0} with their first order. You get {1} when they buy.",
  leadShareFree: "Your friends get {0} with their first order. You get {1} of what they spend.",
  leadSameGetFree: "Your friends get {0} with their first order. You get as much when they buy.",
  leadPointsFree: {
    one: "Your friends get {0} with their first order. You get {1} point when they buy.",
    other: "Your friends get {0} with their first order. You get {1} points when they buy.",
  },
  atMost: "{0} (at most {1})",
  freeShipping: "free shipping",
  freeItem: "a free {0}",
  gift: "gift",
  link: "Your link",
  yours: "Or just say your code: {0}",
  copy: "Copy link",
  copied: "Copied",
  copyByHand: "Selected: copy it with your keyboard or a long press",
  native: "Share",
  whatsapp: "WhatsApp",
  sms: "Message",
  email: "Email",
  telegram: "Telegram",
  x: "X",
  facebook: "Facebook",
  linkedin: "LinkedIn",
  subject: "A little something for you",
  message: "Change the message",
  messageHint: "It goes with your link, from your own account.",
  // The message itself, in the customer's own voice: why, what friends get, then the link, and what the customer gets.
  say: "I like {0}, and I think you would too.",
  sayOffer: "Here is {1} off your first order:",
  sayOfferFree: "Here is {1} with your first order:",
  sayShort: "{1} off your first order at {0}:",
  sayShortFree: "{1} with your first order at {0}:",
  sayFixed: "(I get {1} credit if you buy.)",
  sayPercent: "(I get {1} of what you spend as credit.)",
  saySame: "(I get the same as credit if you buy.)",
  sayGet: "(I get {1} if you buy.)",
  sayShare: "(I get {1} of what you spend.)",
  saySameGet: "(I get the same if you buy.)",
  sayCard: "(I get {1} as a gift card if you buy.)",
  sayDonation: "({1} go to a good cause if you buy.)",
  sayPoints: { one: "(I get {1} point if you buy.)", other: "(I get {1} points if you buy.)" },
  soFar: "Friends who have come this way so far: {0}",
  close: "Close",
  loading: "One moment",
  unavailable: "Sharing is not available right now",
  unavailableHint: "It is us, not you. Please try again in a moment.",
  retry: "Try again",
  // How it goes.
  friends: "Your friends",
  watching: "This updates by itself when a friend buys.",
  claimed: "Accepted",
  bought: "Bought",
  credit: "Your credit",
  stageClaimed: "A friend took your offer",
  stageBought: "A friend bought",
  stageStep: "A friend is on the way: step {0} of {1}",
  stageQualified: "A friend did all it takes",
  stageUndone: "An order was returned",
  rewardReady: "{0} ready",
  rewardPending: "{0} on the way",
  rewardFrom: "{0} on {1}",
  rewardBack: "Taken back",
  newsClaimed: "A friend just took your offer.",
  newsBought: "A friend just bought.",
  newsReady: "A friend just bought. Your {0} is ready!",
  newsPending: "A friend just bought. Your {0} is on the way.",
  // The invitee's banner.
  offer: "{0} gave you {1} off your first order",
  offerUnnamed: "A friend gave you {1} off your first order",
  offerFree: "{0} gave you {1} with your first order",
  offerUnnamedFree: "A friend gave you {1} with your first order",
  offerHint: "Nothing to type: we put it into your cart for you.",
  accept: "Use my {1} off",
  acceptFree: "Yes to {1}",
  dismiss: "No, thanks",
  claiming: "One moment",
  claimingHint: "We are getting your discount.",
  waiting: "Your {1} off is saved",
  waitingFree: "We have saved {1} for you",
  waitingHint: "It comes off as soon as something is in your cart.",
  linkedHint: "It comes off when you pay.",
  applied: "{1} off is in your cart",
  appliedFree: "{1} is in your cart",
  appliedHint: "Your total has it already. Enjoy!",
  show: "Your code for {1} off",
  showFree: "Your code for {1}",
  showHint: "Enter it at checkout. It works once.",
  kept: "You have a better code already",
  keptHint: "Yours stays in the cart. Take it out, and this one goes in.",
  conflict: "Two codes do not go together",
  conflictHint: "Take the other one out of the cart, and this one goes in.",
  copyCode: "Copy code",
  used: "This invitation has been used",
  usedHint: "Ask your friend for a new link.",
  expired: "This invitation has expired",
  expiredHint: "Ask your friend for a new link.",
  existing: "This one is for new customers",
  existingHint: "You know us already. Invite a friend, and you both get something.",
  own: "This is your own link",
  ownHint: "Send it to a friend, and you both get something.",
  full: "This invitation is very popular",
  fullHint: "All its discounts are taken at the moment. Please try again later.",
  failed: "That did not work",
  failedHint: "Please check your connection and try again.",
  // The field for a code.
  asked: "Were you referred?",
  askedLabel: "Your friend’s code",
  askedHint: "With it you get {1} off your first order.",
  askedHintFree: "With it you get {1} with your first order.",
  askedUse: "Use code",
  unknown: "We do not know this code",
  unknownHint: "Please check it and try again.",
  over: "This offer has ended",
  overHint: "The code cannot be used any more.",
  // The introduction.
  introTitle: "Tell us what you need",
  introBy: "{0} sent you. Welcome!",
  introHint: "Write us a few words, and we will get back to you.",
  introGift: "Write us a few words. You get {1} off your first order.",
  introGiftFree: "Write us a few words. You get {1} with your first order.",
  introName: "Your name",
  introEmail: "Your email",
  introPhone: "Your phone (if you like)",
  introNeed: "What can we do for you?",
  introCode: "Your friend’s code (if you have one)",
  introConsent: "You may contact me about this.",
  introSend: "Send",
  introSent: "Thank you, {0}!",
  introSentHint: "We will get back to you soon.",
  // The referrer's own page.
  code: "Your code",
  qr: "QR code of your link",
  qrShow: "QR code",
  qrHint: "A friend can scan it with their camera.",
  qrSave: "Save the picture",
  note: "A note to your friends",
  noteHint: "They see it with your name when they follow your link.",
  noteSave: "Save the note",
  noteKept: "Saved.",
  noteRefused: "Please leave links out, and keep it short.",
  goals: "What comes next",
  tier: {
    one: "{0} more friend, and you get {1} for each",
    other: "{0} more friends, and you get {1} for each",
  },
  milestone: {
    one: "{0} more friend, and you get {1} on top",
    other: "{0} more friends, and you get {1} on top",
  },
  points: { one: "{0} point", other: "{0} points" },
  sameAgain: "as much as they save",
  nobody: "Nobody has come yet. Who would like this?",
  until: "Until {0}",
  rewardPaid: "{0} paid",
  rewardUsed: "{0} used",
  rewardExpired: "{0} expired",
  rewardNone: "No reward",
  history: "Your history",
  causeRenewal: "A friend renewed",
  causeInvitee: "Your own order",
  causeMilestone: "Milestone reached",
};

let said = ENGLISH;
let language = "en";
let plural;

/** From now on these words are used, of this language; what they lack is said in English. */
export function speak(tag, words) {
  said = { ...ENGLISH, ...words };
  language = tag;
  plural = undefined;
}

/** The plural's category of a number. Few words need one, and a slow phone takes a while to make it. */
function category(number) {
  try {
    plural = plural || new Intl.PluralRules(language);
    return plural.select(number);
  } catch (error) {
    return "other";
  }
}

/** The words of this key, with their `{0}` and `{1}` still open; `number` is the one that they have to agree with. */
export function word(key, number) {
  const found = said[key] || ENGLISH[key] || key;
  return typeof found == "string" ? found : String(found[category(number)] || found.other);
}
