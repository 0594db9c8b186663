"""The sign-ins that `make run` prints."""

DEMO_PASSWORD = "zezhou-demo"
INSPECTOR = "jiancha"
SUPERVISOR = "zhuguan"
OFFICE = "anweiban"
SIGN_INS = (("检查员   inspector    ", INSPECTOR), ("主管     supervisor   ", SUPERVISOR), ("县安委办 county office", OFFICE))
