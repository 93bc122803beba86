"""What LibreOffice loads: the add-in with the worksheet functions, and the commands of the menu 绩效自评.

Imports of ``perfeval_xl`` come from the ``pythonpath`` folder beside this file, which LibreOffice adds to the path.
"""

import sys
import traceback

import uno
import unohelper
from com.sun.star.beans import PropertyValue
from com.sun.star.frame import XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization, XServiceInfo

if sys.version_info < (3, 11):  # noqa: UP036 (this file alone must also start in an older one)
    raise ImportError(
        "绩效自评 needs LibreOffice with Python 3.11 or later (LibreOffice 25.8; on Linux the system's Python); this is "
        + sys.version.split()[0]
    )

from perfeval_xl.addin.libreoffice import marks
from perfeval_xl.addin.libreoffice.document import rows_of
from perfeval_xl.addin.libreoffice.functions import METHODS, answer

ADDIN = "org.perfeval.calc.Functions"
ADDIN_SERVICE = "com.sun.star.sheet.AddIn"
INTERFACE = "org.perfeval.calc.XFunctions"
COMMANDS = "org.perfeval.calc.Commands"
HANDLER_SERVICE = "com.sun.star.frame.ProtocolHandler"
PROTOCOL = "vnd.org.perfeval:"
ACTIONS = {"check": marks.check, "next": marks.go_to_next, "clear": marks.clear}


def _comma(context):
    """Whether numbers are written with a decimal comma in the office's locale."""
    provider = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.configuration.ConfigurationProvider", context
    )
    path = PropertyValue(Name="nodepath", Value="/org.openoffice.Setup/L10N")
    settings = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", (path,))
    language = settings.ooSetupSystemLocale or settings.ooLocale or "zh-CN"
    locale = uno.createUnoStruct("com.sun.star.lang.Locale")
    locale.Language, _, locale.Country = language.partition("-")
    data = context.ServiceManager.createInstanceWithContext("com.sun.star.i18n.LocaleData", context)
    return data.getLocaleItem(locale).decimalSeparator == ","


class Functions(unohelper.Base):
    """The worksheet functions. XTypeProvider by hand: the interface is not known yet when this file is registered."""

    def __init__(self, context):
        self._comma = _comma(context)

    def getTypes(self):
        names = ("com.sun.star.uno.XInterface", "com.sun.star.lang.XTypeProvider", "com.sun.star.lang.XServiceInfo")
        return tuple(uno.getTypeByName(name) for name in (*names, INTERFACE))

    def getImplementationId(self):
        return uno.ByteSequence(b"")

    def getImplementationName(self):
        return ADDIN

    def supportsService(self, name):
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self):
        return (ADDIN, ADDIN_SERVICE)


def _method(function):
    def method(self, *arguments):
        return answer(function, arguments, rows_of, comma=self._comma)

    return method


for _name, _function in METHODS.items():
    setattr(Functions, _name, _method(_function))


class Commands(unohelper.Base, XServiceInfo, XInitialization, XDispatchProvider, XDispatch):
    """The commands ``vnd.org.perfeval:check``, ``next`` and ``clear`` of a document's window."""

    def __init__(self, context):
        self._context = context
        self._frame = None

    def initialize(self, arguments):
        self._frame = arguments[0] if arguments else None

    def queryDispatch(self, url, _target, _flags):
        return self if url.Protocol == PROTOCOL and url.Path in ACTIONS else None

    def queryDispatches(self, requests):
        return tuple(self.queryDispatch(each.FeatureURL, each.FrameName, each.SearchFlags) for each in requests)

    def dispatch(self, url, _arguments):
        document = self._frame.Controller.Model
        document.UndoManager.enterUndoContext("绩效自评")
        try:
            told = ACTIONS[url.Path](document)
        except Exception:  # whatever it is, the user must see it: LibreOffice would stay silent
            told = traceback.format_exc()
        finally:
            document.UndoManager.leaveUndoContext()
        self._tell(told)

    def _tell(self, text):
        window = self._frame.ContainerWindow
        toolkit = self._context.ServiceManager.createInstanceWithContext("com.sun.star.awt.Toolkit", self._context)
        kind = uno.Enum("com.sun.star.awt.MessageBoxType", "INFOBOX")
        box = toolkit.createMessageBox(window, kind, 1, "绩效自评", text)
        box.execute()
        box.dispose()

    def addStatusListener(self, listener, url):
        pass

    def removeStatusListener(self, listener, url):
        pass

    def getImplementationName(self):
        return COMMANDS

    def supportsService(self, name):
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self):
        return (COMMANDS, HANDLER_SERVICE)


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Functions, ADDIN, (ADDIN, ADDIN_SERVICE))
g_ImplementationHelper.addImplementation(Commands, COMMANDS, (COMMANDS, HANDLER_SERVICE))
