// On the first page after somebody signed out: forgets what this browser kept of them. What it keeps of others stays theirs.

import { forget } from "./kept_here.js";

forget(document.documentElement.dataset.gone);
